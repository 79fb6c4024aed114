import { baselineTitles } from '../../src/config/baselines';
import { dataName } from '../../src/config/dataName';
import { networkName } from '../../src/config/networkName';
import { differingSettings } from '../../src/runs/model/comparison';
import type { RunHistory } from '../../src/runs/model/history';

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
  return runs.map(({ manifest }, index) => ({
    letter: letterOf(index),
    label: texts.get(manifest.id) ?? manifest.name,
    colour: index,
  }));
}

type Texts = ReadonlyMap<string, string>;

function judgedTexts(runs: readonly RunHistory[]): Texts {
  const told = settingsInWords(runs);
  return new Map(
    runs.map(({ manifest }, index): [string, string] => {
      const label = told[index]!;
      const telling = label !== '' && label.length <= 40 && told.filter((other) => other === label).length === 1;
      return [manifest.id, telling ? label : manifest.name];
    }),
  );
}

/**
 * What tells each run from the others, in their order: the settings that differ, but for those at these paths, as short as they
 * can stand in a legend.
 */
export function settingsInWords(runs: readonly RunHistory[], leftOut: readonly string[] = []): string[] {
  const areAllPictures = runs.every(({ manifest }) => manifest.config.data.folder !== null);
  const differences = differingSettings(runs).filter(
    ({ path }) => !leftOut.includes(path) && (areAllPictures || !ofPictures.has(path)),
  );
  return runs.map(({ manifest }, index) => {
    const words = differences.map(({ path, values }) => nameOf(path, manifest) ?? settingInWords(path, values[index]));
    return [...new Set(words)].join(', ');
  });
}

/** Without effect on other images than pictures in folders. */
const ofPictures = new Set(['data.size', 'data.channels', 'data.skipBroken', 'data.cacheGigabytes']);

/** Which network and which images a run has is said by several settings, of which one counts: its name. Null for others. */
function nameOf(path: string, { config: { model, data } }: RunHistory['manifest']): string | null {
  switch (path) {
    case 'model.arch':
    case 'model.onnx':
    case 'model.tfjs':
      return networkName(model);
    case 'data.dataset':
    case 'data.arrays':
    case 'data.folder':
      return dataName(data);
    default:
      return null;
  }
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

/** A setting that is not the name of a network or of images: `L2`, `rate 0.3`, `seed 1`. */
function settingInWords(path: string, value: unknown): string {
  if (path === 'pruning.criterion') return String(value).toUpperCase();
  return `${path.slice(path.lastIndexOf('.') + 1)} ${settingText(value)}`;
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
