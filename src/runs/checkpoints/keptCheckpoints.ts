import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { fileNames } from '../model/format';
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
      .filter((name) => savedAt(name) !== null)
      .sort((a, b) => inOrder(savedAt(a)!, savedAt(b)!))
      .map(async (name) => {
        const folder = join(checkpoints, name);
        return { name, folder, manifest: await readCheckpointManifest(folder).catch(damaged) };
      }),
  );
}

/** The newest checkpoint of training; undefined as long as there is none. */
export function newestCheckpoint(kept: readonly KeptCheckpoint[]): KeptCheckpoint | undefined {
  const newest = kept.at(-1);
  return newest?.name === initialCheckpoint ? undefined : newest;
}

/** When in training a checkpoint was saved; at the end of an epoch the step is infinite. */
type SavedAt = readonly [epoch: number, step: number];

/** Null for what is no checkpoint, such as one that is being written. */
function savedAt(name: string): SavedAt | null {
  if (name === initialCheckpoint) return [-1, 0];
  const [, epoch, step] = /^epoch-(\d+)(?:-step-(\d+))?$/.exec(name) ?? [];
  if (epoch === undefined) return null;
  return [Number(epoch), step === undefined ? Infinity : Number(step)];
}

function inOrder(a: SavedAt, b: SavedAt): number {
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
