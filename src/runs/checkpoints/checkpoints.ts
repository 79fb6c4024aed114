import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import * as z from 'zod';
import { createDurably, syncFolder } from '../../base/durable';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { folderNames } from '../../base/folderNames';
import { readRegular, refuseUnlessFolder } from '../../base/regularFile';
import { removeFolder, replaceFolder, unfinishedEnding } from '../../base/wholeFolder';
import type { NetworkState, TensorMap } from '../../network/state';
import { parseJson } from '../../base/parseJson';
import { fileNames, evaluationSchema } from '../model/format';
import { decodeSafetensors, encodeSafetensors } from '../../formats/safetensors';
import type { RunLock } from '../lock/runLock';
import { partialEpochSchema } from './partialEpoch';

/** How many of the newest checkpoints are kept, beside the best. */
const newestKept = 2;

/** What a checkpoint holds: `weights` is what PyTorch calls a state dict, parameters and running statistics. */
const weightsFile = 'weights.safetensors';
const momentaFile = 'momenta.safetensors';
const importanceFile = 'importance.safetensors';
const tensorFiles: readonly string[] = [weightsFile, momentaFile, importanceFile];
const manifestFile = 'manifest.json';

/** A manifest has some kilobytes; the largest weights that can be trained here have some hundred megabytes. */
const mostManifestBytes = 1 << 20;
const mostTensorBytes = 1 << 30;

/** The folder of the weights before training, beside the checkpoints: before the first pruning, so dense. */
export const initialCheckpoint = 'initial';

const checkpointManifestSchema = z.object({
  formatVersion: z.literal(1),
  /** The epoch just trained, from 0; -1 before training. */
  epoch: z.int(),
  /** Steps done in this epoch; null at its end. */
  step: z.int().nullable(),
  /** In the middle of an epoch; older versions of SFP Lab did not write it. */
  partial: partialEpochSchema.optional(),
  /** Whether the network was pruned since its last step. */
  pruned: z.boolean(),
  /** Share of the final rate at the newest pruning; 1 if left out. */
  share: z.number().optional(),
  validation: evaluationSchema.nullable(),
  /** Steps that the importance of filters was added up over, where the criterion needs it. */
  importanceSteps: z.int().optional(),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

export interface CheckpointContent extends Pick<
  CheckpointManifest,
  'epoch' | 'step' | 'partial' | 'pruned' | 'share' | 'validation'
> {
  readonly state: NetworkState;
  /** Null where the criterion needs none. */
  readonly importance: SavedImportance | null;
  readonly best: boolean;
}

/** Importance of filters that training steps have added up, by the layer's name, [filters]. */
export interface SavedImportance {
  readonly steps: number;
  readonly rows: ReadonlyMap<string, Float32Array>;
}

export interface Checkpoint {
  readonly manifest: CheckpointManifest;
  readonly state: NetworkState;
  readonly importance: SavedImportance | null;
}

/** The checkpoints that a run has when it goes on, by the names of their folders. */
export interface EarlierCheckpoints {
  /** In the order in which they shall be deleted. */
  readonly kept: readonly string[];
  readonly best: string | null;
  /** Damaged ones, which are deleted as soon as there is a better one. */
  readonly unusable?: readonly string[];
}

/**
 * The checkpoints of one run: the initial weights, the newest two and the best, each a folder with a manifest of hashes. One
 * that is saved is on the disk, and no power loss takes it back. Where `checkpoints` is a link, it throws a UserError. With the
 * lock of the run, nothing is put in place or deleted any more once somebody else has it: a `LockLost` is thrown.
 */
export class Checkpoints {
  readonly #newest: string[];
  readonly #unusable: string[];
  #best: string | null;

  constructor(
    private readonly runFolder: string,
    { kept, best, unusable = [] }: EarlierCheckpoints = { kept: [], best: null },
    private readonly lock: Pick<RunLock, 'assertHeld'> | null = null,
  ) {
    this.#newest = kept.map(folderNamed);
    this.#unusable = unusable.map(folderNamed);
    this.#best = best === null ? null : folderNamed(best);
  }

  /** Reads the best checkpoint back. */
  async readBest(): Promise<Checkpoint> {
    if (this.#best === null) throw new Error('No checkpoint was the best yet.');
    return readCheckpoint(join(this.runFolder, this.#best));
  }

  /**
   * Keeps the weights that training starts from, without momenta, which are all 0 then. Those of a run that goes on are
   * there already and are left as they are, unless they are damaged.
   */
  async saveInitial({ parameters, statistics }: NetworkState): Promise<void> {
    const path = await this.#placeOf(folderNamed(initialCheckpoint));
    if (await isWhole(path)) return;
    const content = { epoch: -1, step: null, pruned: false, validation: null };
    const files: [string, TensorMap][] = [[weightsFile, new Map([...parameters, ...statistics])]];
    await onFile(path, () => writeCheckpoint(path, content, files, this.lock));
  }

  /** Writes a checkpoint, deletes those no longer needed, and returns its folder relative to the run folder. */
  async save(content: CheckpointContent): Promise<string> {
    const folder = folderNamed(checkpointName(content));
    const path = await this.#placeOf(folder);
    const { parameters, statistics, momenta } = content.state;
    const { importance } = content;
    const files: [string, TensorMap][] = [
      [weightsFile, new Map([...parameters, ...statistics])],
      [momentaFile, momenta],
      ...(importance === null ? [] : [[importanceFile, asTensors(importance)] satisfies [string, TensorMap]]),
    ];
    const importanceSteps = importance?.steps;
    await onFile(path, () => writeCheckpoint(path, { ...content, importanceSteps }, files, this.lock));
    for (const replaced of [this.#newest, this.#unusable])
      if (replaced.includes(folder)) replaced.splice(replaced.indexOf(folder), 1);
    this.#newest.push(folder);
    if (content.best) await this.#replaceBest(folder);
    const outdated = this.#newest.splice(0, this.#newest.length - newestKept);
    for (const old of outdated) if (old !== this.#best) await this.#remove(old);
    await this.removeUnusable();
    return folder;
  }

  /** Deletes the damaged checkpoints, and what a broken-off trainer left half-written or half-deleted. */
  async removeUnusable(): Promise<void> {
    const folder = join(this.runFolder, fileNames.checkpoints);
    await refuseUnlessFolder(folder);
    for (const unusable of this.#unusable.splice(0)) await this.#remove(unusable);
    const names = await onFile(folder, () => folderNames(folder));
    for (const name of names) if (name.endsWith(unfinishedEnding)) await this.#remove(folderNamed(name));
  }

  async #replaceBest(folder: string): Promise<void> {
    const old = this.#best;
    this.#best = folder;
    if (old !== null && !this.#newest.includes(old)) await this.#remove(old);
  }

  async #remove(folder: string): Promise<void> {
    const path = await this.#placeOf(folder);
    await onFile(path, () => removeFolder(path));
  }

  /** Where a checkpoint is, to write or delete it. The folder of all checkpoints is made where it is missing, but never that of the run. */
  async #placeOf(folder: string): Promise<string> {
    await this.lock?.assertHeld();
    const checkpoints = join(this.runFolder, fileNames.checkpoints);
    await refuseUnlessFolder(checkpoints);
    await onFile(checkpoints, async () => {
      await mkdir(checkpoints).then(
        () => syncFolder(this.runFolder),
        (error: unknown) => {
          if (errorCode(error) !== 'EEXIST') throw error;
        },
      );
    });
    return join(this.runFolder, folder);
  }
}

/** Reads a checkpoint folder; throws a UserError when a file is missing or is not what was written. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const manifest = await readCheckpointManifest(folder);
  const weights = await readTensors(folder, weightsFile, manifest);
  const momenta = await readTensors(folder, momentaFile, manifest);
  // Every parameter has a momentum, running statistics have none.
  const select = (isParameter: boolean): TensorMap =>
    new Map([...weights].filter(([name]) => momenta.has(name) === isParameter));
  const state = { parameters: select(true), momenta, statistics: select(false) };
  return { manifest, state, importance: await readImportance(folder, manifest) };
}

async function readImportance(folder: string, manifest: CheckpointManifest): Promise<SavedImportance | null> {
  if (manifest.importanceSteps === undefined) return null;
  const tensors = await readTensors(folder, importanceFile, manifest);
  return { steps: manifest.importanceSteps, rows: new Map([...tensors].map(([name, { data }]) => [name, data])) };
}

function asTensors({ rows }: SavedImportance): TensorMap {
  return new Map([...rows].map(([name, data]) => [name, { shape: [data.length], data }]));
}

/** Parameters and running statistics of a checkpoint alone; throws a UserError as `readCheckpoint` does. */
export async function readCheckpointWeights(folder: string): Promise<TensorMap> {
  return readTensors(folder, weightsFile, await readCheckpointManifest(folder));
}

/**
 * The manifest of a checkpoint. Throws a UserError when it can’t be read, is not that of a checkpoint with the folder's name, or
 * when the folder is a link.
 */
export async function readCheckpointManifest(folder: string): Promise<CheckpointManifest> {
  await refuseUnlessFolder(folder);
  const path = join(folder, manifestFile);
  const bytes = await onFile(path, () => readRegular(path, mostManifestBytes, 'delete the checkpoint'));
  const manifest = checkpointManifestSchema.safeParse(parseJson(bytes.toString('utf8')));
  if (!manifest.success)
    throw new UserError(`${path} is damaged; the checkpoint can’t be read.`, { file: path, cause: manifest.error });
  const { epoch, step } = manifest.data;
  const name = epoch === -1 && step === null ? initialCheckpoint : checkpointName({ epoch, step });
  if (name !== basename(folder))
    throw new UserError(`${path} is damaged: it is that of ${name}; the checkpoint can’t be read.`, { file: path });
  return manifest.data;
}

/** What the lengths of its files tell to be wrong with a checkpoint, without reading them; null when they are as written. */
export async function wrongLength(folder: string, { files }: CheckpointManifest): Promise<UserError | null> {
  for (const { name, bytes } of files) {
    if (!tensorFiles.includes(name)) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found?.isFile() && found.size === bytes) continue;
    const what =
      found === null ? 'is missing' : found.isFile() ? `has ${found.size} bytes, not ${bytes}` : 'is no file';
    return new UserError(`The checkpoint file ${path} is damaged: it ${what}.`, { file: path });
  }
  return null;
}

async function readTensors(folder: string, name: string, manifest: CheckpointManifest): Promise<TensorMap> {
  const listed = manifest.files.find((file) => file.name === name);
  if (listed === undefined) throw new UserError(`The checkpoint ${folder} is incomplete: ${name} is missing.`);
  // Nothing is read of a file that is not as long as it was written.
  const problem = await wrongLength(folder, { ...manifest, files: [listed] });
  if (problem !== null) throw problem;
  const path = join(folder, name);
  const bytes = await onFile(path, () => readRegular(path, mostTensorBytes, 'delete the checkpoint'));
  if (sha256Of(bytes) !== listed.sha256)
    throw new UserError(`The checkpoint file ${path} is damaged: its SHA-256 is not the one in ${manifestFile}.`, {
      file: path,
    });
  return decodeSafetensors(bytes, path);
}

function folderNamed(name: string): string {
  return posix.join(fileNames.checkpoints, name);
}

/** Name of a checkpoint's folder: `epoch-0012`, `epoch-0012-step-00123`. */
export function checkpointName({ epoch, step }: Pick<CheckpointManifest, 'epoch' | 'step'>): string {
  const number = `epoch-${String(epoch).padStart(4, '0')}`;
  return step === null ? number : `${number}-step-${String(step).padStart(5, '0')}`;
}

type Described = Omit<CheckpointManifest, 'formatVersion' | 'files' | 'importanceSteps'>;
interface DescribedCheckpoint extends Described {
  readonly importanceSteps?: number | undefined;
}

/** All files are on the disk before the folder gets its name, so a checkpoint is complete or not there. */
async function writeCheckpoint(
  path: string,
  { epoch, step, partial: done, pruned, share, validation, importanceSteps }: DescribedCheckpoint,
  tensors: readonly (readonly [file: string, TensorMap])[],
  lock: Pick<RunLock, 'assertHeld'> | null,
): Promise<void> {
  // A run that goes on may come by the same epoch and step again: then it is replaced.
  await replaceFolder(path, async (folder) => {
    const files = [];
    for (const [name, map] of tensors) files.push(await writeTensors(folder, name, map));
    const trained = { epoch, step, ...(done && { partial: done }) };
    const pruning = { pruned, ...(share !== undefined && { share }) };
    const importance = importanceSteps === undefined ? {} : { importanceSteps };
    const manifest: CheckpointManifest = { formatVersion: 1, ...trained, ...pruning, validation, ...importance, files };
    await createDurably(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    await lock?.assertHeld();
  });
}

async function isWhole(folder: string): Promise<boolean> {
  return readCheckpointWeights(folder).then(
    () => true,
    (error: unknown) => {
      if (error instanceof UserError) return false;
      throw error;
    },
  );
}

async function writeTensors(
  folder: string,
  name: string,
  tensors: TensorMap,
): Promise<CheckpointManifest['files'][number]> {
  const bytes = encodeSafetensors(tensors);
  await createDurably(join(folder, name), bytes);
  return { name, bytes: bytes.byteLength, sha256: sha256Of(bytes) };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
