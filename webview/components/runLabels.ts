import type { RunHistory } from '../../src/runs/history';

/** A run as the views name it: by what tells it from the runs beside it. */
export interface RunLabel {
  readonly letter: string;
  readonly label: string;
  /** Index of its colour in the theme's series. */
  readonly colour: number;
}

/** One label for each run, in order; runs that do not differ in their settings go by their names. */
export function runLabels(runs: readonly RunHistory[]): RunLabel[] {
  return runs.map(({ manifest }, index) => ({
    letter: String.fromCharCode(65 + (index % 26)),
    label: manifest.name,
    colour: index,
  }));
}
