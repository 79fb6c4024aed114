import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { folderNames } from '../../base/folderNames';
import { refuseUnlessFolder } from '../../base/regularFile';
import { fileNames, type RunManifest } from '../model/format';
import { initialCheckpoint, readCheckpointManifest, wrongLength, type CheckpointManifest } from './checkpoints';

/** A checkpoint that a run folder holds. */
export interface KeptCheckpoint {
  /** Of its folder: `initial`, `epoch-0012`, `epoch-0012-step-00123`. */
  readonly name: string;
  readonly folder: string;
  /** Null where it can't be read. */
  readonly manifest: CheckpointManifest | null;
  /** What is wrong with it, as far as manifest and lengths of files tell; null where nothing is. */
  readonly damage: UserError | null;
}

/**
 * The checkpoints in a run folder in the order of training, the initial weights first; those being written are left out, and
 * those that `foreignCheckpoints` names. Throws a UserError when the folder of the checkpoints is a link.
 */
export async function keptCheckpoints(runFolder: string, config: RunManifest['config']): Promise<KeptCheckpoint[]> {
  const checkpoints = join(runFolder, fileNames.checkpoints);
  const kept: KeptCheckpoint[] = [];
  // One after another: a folder from elsewhere may have any number of them.
  for (const name of await checkpointNames(checkpoints))
    if (isOf(config, name)) kept.push({ name, ...(await described(join(checkpoints, name))) });
  return kept;
}

/** Names of checkpoints of epochs that the run does not have: they were put there from elsewhere. */
export async function foreignCheckpoints(runFolder: string, config: RunManifest['config']): Promise<string[]> {
  const names = await checkpointNames(join(runFolder, fileNames.checkpoints));
  return names.filter((name) => !isOf(config, name));
}

function isOf({ training }: RunManifest['config'], name: string): boolean {
  return savedAt(name)![0] < training.epochs;
}

/** In the order of training. */
async function checkpointNames(checkpoints: string): Promise<string[]> {
  await refuseUnlessFolder(checkpoints);
  const names = await onFile(checkpoints, () => folderNames(checkpoints));
  return names.filter((name) => savedAt(name) !== null).sort((a, b) => inOrder(savedAt(a)!, savedAt(b)!));
}

async function described(folder: string): Promise<Omit<KeptCheckpoint, 'name'>> {
  try {
    const manifest = await readCheckpointManifest(folder);
    return { folder, manifest, damage: await wrongLength(folder, manifest) };
  } catch (error) {
    if (error instanceof UserError) return { folder, manifest: null, damage: error };
    throw error;
  }
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
