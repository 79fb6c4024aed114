import type { JudgedBy } from './finishedSettings';

export const judgedFigures: Readonly<Record<JudgedBy, string>> = {
  test: 'test accuracy',
  after: 'validation accuracy after pruning',
};

/** A fraction in percentage points, with a real minus. */
export function points(fraction: number): string {
  const text = (100 * fraction).toFixed(2);
  return text.startsWith('-') && Number(text) !== 0 ? `−${text.slice(1)}` : text.replace('-', '');
}

/** A fraction as a percentage: `90.83 %`. */
export function percent(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** `3 seeds`. */
export function seedsInWords(count: number): string {
  return count === 1 ? '1 seed' : `${count} seeds`;
}
