import { dataName } from '../../config/dataName';
import { seedLast, type Difference } from '../../config/differences';
import { networkName } from '../../config/networkName';
import { prunesNothing } from '../../config/prunesNothing';
import { differingSettings } from './comparison';
import type { RunHistory } from './history';

/**
 * What tells each run from the others, in their order: the settings that differ, but for those at these paths, as short as they
 * can stand in a legend, the seed last. A run that prunes nothing is `dense` beside others, and how it would prune is left out;
 * so is what nearly all runs have in common, where the rest tells enough.
 */
export function settingsInWords(runs: readonly RunHistory[], leftOut: readonly string[] = []): string[] {
  const areAllPictures = runs.every(({ manifest }) => manifest.config.data.folder !== null);
  const differences = seedLast(differingSettings(runs)).filter(
    ({ path }) => !leftOut.includes(path) && (areAllPictures || !ofPictures.has(path)),
  );
  const told = toldOf(runs, differences);
  const whole = runs.map((run, index) => wordsOf(run, index, told[index]!));
  const short = runs.map((run, index) => {
    const { isDense, settings } = told[index]!;
    return wordsOf(run, index, { isDense, settings: settings.filter((setting) => !isUsual(setting, index)) });
  });
  const tells = short.every((words, index) => words !== '' && short.indexOf(words) === whole.indexOf(whole[index]!));
  return tells ? short : whole;
}

/** What is to be told of a run. */
interface Told {
  /** Whether it prunes nothing, beside others that do. */
  readonly isDense: boolean;
  readonly settings: readonly Difference[];
}

function toldOf(runs: readonly RunHistory[], differences: readonly Difference[]): Told[] {
  const isDense = runs.map(({ manifest }) => prunesNothing(manifest.config));
  if (new Set(isDense).size < 2) return runs.map(() => ({ isDense: false, settings: differences }));
  const [ofPruned, ofDense] = [false, true].map((dense) =>
    pruningPathsOf(runs.filter((_, at) => isDense[at] === dense)),
  );
  // What all pruned runs share is worth a word only where nothing else would tell them from the dense ones.
  const isTold = (path: string, dense: boolean): boolean =>
    dense ? ofDense!.has(path) : ofPruned!.size === 0 || ofPruned!.has(path);
  return isDense.map((dense) => ({
    isDense: dense,
    settings: differences.filter(({ path }) => !isOfPruning(path) || isTold(path, dense)),
  }));
}

function wordsOf({ manifest }: RunHistory, index: number, { isDense, settings }: Told): string {
  const words = settings.map(({ path, values }) => nameOf(path, manifest) ?? settingInWords(path, values[index]));
  return [...new Set([...(isDense && !manifest.baseline ? ['dense'] : []), ...words])].join(', ');
}

/** More than these have a value that goes without saying. */
const nearlyAll = 3 / 4;

/** What everybody names a pruning by. */
const alwaysTold = new Set(['pruning.criterion', 'pruning.rate', 'pruning.schedule']);

function isUsual({ path, values }: Difference, index: number): boolean {
  if (alwaysTold.has(path)) return false;
  const texts = values.map((value) => JSON.stringify(value));
  return texts.filter((text) => text === texts[index]).length > nearlyAll * texts.length;
}

/** How some runs prune differently. */
function pruningPathsOf(runs: readonly RunHistory[]): ReadonlySet<string> {
  return new Set(
    differingSettings(runs)
      .map(({ path }) => path)
      .filter(isOfPruning),
  );
}

function isOfPruning(path: string): boolean {
  return path.startsWith('pruning.');
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

/** Those that people write otherwise than the config does. */
const criterionNames: Readonly<Record<string, string>> = { l1: 'L1', l2: 'L2', fpgm: 'FPGM', 'bn-scale': 'BN scale' };

/** A setting that is not the name of a network or of images: `L2`, `soft`, `rate 0.3`, `seed 1`. */
function settingInWords(path: string, value: unknown): string {
  if (path === 'pruning.criterion') return criterionNames[String(value)] ?? String(value);
  if (path === 'pruning.schedule' || path === 'pruning.groups') return String(value);
  if (path === 'baseline') return value === 'none' ? 'pruned' : String(value);
  return `${path.slice(path.lastIndexOf('.') + 1)} ${settingText(value)}`;
}

/** A setting's value as the config would say it. */
export function settingText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
