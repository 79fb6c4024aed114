import { baselineTitles } from '../../src/config/baselines';
import type { RunHistory } from '../../src/runs/model/history';
import { groupedBySeed } from '../../src/runs/model/comparison';
import { settingsInWords } from '../../src/runs/model/settingsInWords';
import { seriesCount } from './theme';

/** A run as the views name it: by what tells it from the runs beside it. */
export interface RunLabel {
  readonly letter: string;
  readonly label: string;
  /** Index of its colour in the theme's series. */
  readonly colour: number;
}

/**
 * One label for each run, in order. Baselines are called by their kind, and by the run they are of where several have one; the
 * others by the settings that differ between them, or by their names where these tell nothing.
 */
export function runLabels(runs: readonly RunHistory[]): RunLabel[] {
  const judged = runs.filter(({ manifest }) => !manifest.baseline);
  const texts = new Map([...judgedTexts(judged), ...baselineTexts(runs, judgedTexts(judged))]);
  const colours = coloursOf(runs);
  return runs.map(({ manifest }, index) => ({
    letter: letterOf(index),
    label: texts.get(manifest.id) ?? manifest.name,
    colour: colours[index]!,
  }));
}

/** One for each run while there are enough of them; of more runs those that differ by their seed alone share one. */
function coloursOf(runs: readonly RunHistory[]): number[] {
  if (runs.length <= seriesCount) return runs.map((_, index) => index);
  const settings = new Map(groupedBySeed(runs).flatMap((group, colour) => group.map((run) => [run, colour] as const)));
  return runs.map((run) => settings.get(run)!);
}

type Texts = ReadonlyMap<string, string>;

/** A longer one says less than the name. */
const longestLabel = 60;

function judgedTexts(runs: readonly RunHistory[]): Texts {
  const told = settingsInWords(runs);
  return new Map(
    runs.map(({ manifest }, index): [string, string] => {
      const label = told[index]!;
      const telling =
        label !== '' && label.length <= longestLabel && told.filter((other) => other === label).length === 1;
      return [manifest.id, telling ? label : manifest.name];
    }),
  );
}

function baselineTexts(runs: readonly RunHistory[], judged: Texts): Texts {
  const baselines = runs.flatMap(({ manifest: { id, baseline } }) => (baseline ? [{ id, ...baseline }] : []));
  return new Map(
    baselines.flatMap(({ id, of, kind }): [string, string][] => {
      const title = baselineTitles[kind];
      if (baselines.filter((other) => other.kind === kind).length === 1) return [[id, title]];
      const run = judged.get(of);
      // Of two baselines of one run only their names tell which is which.
      const isOnly = baselines.filter((other) => other.kind === kind && other.of === of).length === 1;
      return run !== undefined && isOnly ? [[id, `${title}, of ${run}`]] : [];
    }),
  );
}

/** A to Z, then A1, B1, … */
function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round > 0 ? String(round) : '');
}
