import { dataName } from '../../config/dataName';
import { networkName } from '../../config/networkName';
import { differingSettings } from './comparison';
import type { RunHistory } from './history';

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

/** A setting that is not the name of a network or of images: `L2`, `rate 0.3`, `seed 1`. */
function settingInWords(path: string, value: unknown): string {
  if (path === 'pruning.criterion') return String(value).toUpperCase();
  if (path === 'baseline') return value === 'none' ? 'pruned' : String(value);
  return `${path.slice(path.lastIndexOf('.') + 1)} ${settingText(value)}`;
}

/** A setting's value as the config would say it. */
export function settingText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
