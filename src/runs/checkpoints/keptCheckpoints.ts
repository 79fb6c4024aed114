import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { fileNames, type RunManifest } from '../model/format';
import { initialCheckpoint, readCheckpointManifest, type CheckpointManifest } from './checkpoints';

/** A checkpoint that a run folder holds. */
export interface KeptCheckpoint {
  /** Of its folder: `initial`, `epoch-0012`, `epoch-0012-step-00123`. */
  readonly name: string;
  readonly folder: string;
  /** Null where it can't be read. */
  readonly manifest: CheckpointManifest | null;
}

/** The checkpoints in a run folder in the order of training, the initial weights first; those being written are left out. */
export async function keptCheckpoints(runFolder: string): Promise<KeptCheckpoint[]> {
  const checkpoints = join(runFolder, fileNames.checkpoints);
  const names = await onFile(checkpoints, () => folderNames(checkpoints));
  return Promise.all(
    names
      .filter((name) => placeOf(name) !== null)
      .sort((a, b) => byPlace(placeOf(a)!, placeOf(b)!))
      .map(async (name) => {
        const folder = join(checkpoints, name);
        return { name, folder, manifest: await readCheckpointManifest(folder).catch(damaged) };
      }),
  );
}

/**
 * The checkpoint that a run chooses for its test: the pruned one of highest validation accuracy, the later of equals;
 * without a validation part that of the last epoch. Undefined as long as there is none.
 */
export function bestCheckpoint(
  kept: readonly KeptCheckpoint[],
  config: RunManifest['config'],
): KeptCheckpoint | undefined {
  const pruned = kept.filter(({ manifest }) => manifest?.pruned === true && manifest.step === null);
  if (config.data.validation === 0)
    return pruned.find(({ manifest }) => manifest?.epoch === config.training.epochs - 1);
  const accuracy = ({ manifest }: KeptCheckpoint): number => manifest?.validation?.accuracy ?? -1;
  return pruned.reduce<KeptCheckpoint | undefined>(
    (best, each) => (best === undefined || accuracy(each) >= accuracy(best) ? each : best),
    undefined,
  );
}

/** The newest checkpoint of training; undefined as long as there is none. */
export function newestCheckpoint(kept: readonly KeptCheckpoint[]): KeptCheckpoint | undefined {
  const newest = kept.at(-1);
  return newest?.name === initialCheckpoint ? undefined : newest;
}

type Place = readonly [epoch: number, step: number];

/** Null for what is no checkpoint, such as one that is being written. */
function placeOf(name: string): Place | null {
  if (name === initialCheckpoint) return [-1, 0];
  const [, epoch, step] = /^epoch-(\d+)(?:-step-(\d+))?$/.exec(name) ?? [];
  if (epoch === undefined) return null;
  return [Number(epoch), step === undefined ? Infinity : Number(step)];
}

function byPlace(a: Place, b: Place): number {
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] - b[1]);
}

async function folderNames(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function damaged(error: unknown): null {
  if (error instanceof UserError) return null;
  throw error;
}
