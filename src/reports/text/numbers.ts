/** How a report writes numbers; the same everywhere, whatever the language and time zone of the machine. */

export const unknown = '–';

const narrowSpace = '\u202f';

/** A fraction as a percentage: `90.83 %`. */
export function percent(fraction: number, digits = 2): string {
  return Number.isFinite(fraction) ? `${percentage(fraction, digits)}${narrowSpace}%` : unknown;
}

/** The same without its unit; a dash for what is no number, as a stranger's 0 / 0. */
export function percentage(fraction: number, digits = 2): string {
  if (!Number.isFinite(fraction)) return unknown;
  return withRealMinus((100 * fraction).toFixed(digits));
}

/** `141 → 95.6 ms`. */
export function millisecondsFromTo(from: number, to: number): string {
  return `${threeDigits(from)} → ${threeDigits(to)}${narrowSpace}ms`;
}

function threeDigits(value: number): string {
  return whole(Number(value.toPrecision(3)), 3);
}

/** Digits in groups of three; what no one counts, such as a stranger's 1e300, stays short. */
export function whole(count: number, decimals = 0): string {
  return count < 1e15 ? count.toLocaleString('en', { maximumFractionDigits: decimals }) : count.toExponential(1);
}

export function plural(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-24 09:30 UTC`; a dash for what is no time. */
export function utcTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? unknown : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A tick of an axis. */
export function tickText(value: number, decimals: number): string {
  const text = value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return withRealMinus(text);
}

/** A text of at most so many characters; of a longer one the middle is left out. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const tail = Math.floor(most / 3);
  return `${characters.slice(0, most - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

function withRealMinus(text: string): string {
  if (!text.startsWith('-')) return text;
  return Number(text) === 0 ? text.slice(1) : `−${text.slice(1)}`;
}
