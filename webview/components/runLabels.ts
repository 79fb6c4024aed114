import { differingSettings } from '../../src/runs/model/comparison';
import type { RunHistory } from '../../src/runs/model/history';

/** A run as the views name it: by what tells it from the runs beside it. */
export interface RunLabel {
  readonly letter: string;
  readonly label: string;
  /** Index of its colour in the theme's series. */
  readonly colour: number;
}

/** One label for each run, in order: the settings that differ; the run's name where these tell nothing. */
export function runLabels(runs: readonly RunHistory[]): RunLabel[] {
  const differences = differingSettings(runs);
  const told = runs.map((_, index) =>
    differences.map(({ path, values }) => settingInWords(path, values[index])).join(', '),
  );
  return runs.map(({ manifest }, index) => {
    const label = told[index]!;
    const telling = label !== '' && label.length <= 40 && told.filter((other) => other === label).length === 1;
    return { letter: letterOf(index), label: telling ? label : manifest.name, colour: index };
  });
}

/** A setting so short that it can stand in a legend: `L2`, `rate 0.3`, `seed 1`. */
export function settingInWords(path: string, value: unknown): string {
  switch (path) {
    case 'pruning.criterion':
      return String(value).toUpperCase();
    case 'model.arch':
    case 'data.dataset':
      return String(value);
    default:
      return `${path.slice(path.lastIndexOf('.') + 1)} ${settingText(value)}`;
  }
}

/** A setting's value as the config would say it. */
export function settingText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** A to Z, then A1, B1, … */
function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round > 0 ? String(round) : '');
}
