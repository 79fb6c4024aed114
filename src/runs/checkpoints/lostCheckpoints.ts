import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { listInWords } from '../../base/listInWords';
import { lookAt } from '../../base/regularFile';
import { fileNames, type RunManifest } from '../model/format';
import { nextOf, type LostCheckpoints } from '../model/lostCheckpoints';
import { initialCheckpoint, readCheckpoint } from './checkpoints';
import { keptCheckpoints, type KeptCheckpoint } from './keptCheckpoints';
import { shellWord } from '../model/shellWord';

/**
 * What is lost of the checkpoints of a finished run; null when nothing is. `by` their lengths, which is quick, or their contents:
 * then all of them are read.
 */
export async function lostCheckpoints(
  runFolder: string,
  { config }: Pick<RunManifest, 'config'>,
  by: 'lengths' | 'contents',
): Promise<LostCheckpoints | null> {
  if ((await lookAt(join(runFolder, fileNames.checkpoints))) === null) return removed;
  const kept = (await keptCheckpoints(runFolder, config)).filter(({ name }) => name !== initialCheckpoint);
  const damaged = new Set<string>();
  for (const each of kept) if (await isDamaged(each, by)) damaged.add(each.name);
  if (damaged.size === 0 && kept.length > 0) return null;
  const goesOnFrom = kept.findLast(({ name }) => !damaged.has(name))?.name ?? null;
  return { how: 'damaged', what: inWords([...damaged]), goesOnFrom };
}

const removed: LostCheckpoints = {
  how: 'removed',
  what: 'it is kept without checkpoints: there is no folder of them',
  goesOnFrom: null,
};

/** Says of a finished run that it has lost checkpoints, and what to do. */
export function lossSentence(id: string, lost: LostCheckpoints): string {
  if (lost.how === 'removed')
    return `${id} has finished; ${lost.what}. With \`sfp resume ${shellWord(id)}\` it ${nextOf(lost)}.`;
  return `${id} has finished, but ${lost.what}: with \`sfp resume ${shellWord(id)}\` it ${nextOf(lost)}.`;
}

/** Says of such a run that is resumed what becomes of it. */
export function goesOnSentence(id: string, lost: LostCheckpoints): string {
  return `${id} had finished, but ${lost.what}: it ${nextOf(lost)}.`;
}

/** Reads what is taken from a checkpoint; where it is damaged the UserError says that the run can go on. */
export async function orResume<Result>(id: string, read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = `${error.message} \`sfp resume ${shellWord(id)}\` lets the run go on from what is whole.`;
    throw new UserError(message, { ...error.detail, cause: error });
  }
}

async function isDamaged({ folder, damage }: KeptCheckpoint, by: 'lengths' | 'contents'): Promise<boolean> {
  if (damage !== null || by === 'lengths') return damage !== null;
  return readCheckpoint(folder).then(
    () => false,
    (error: unknown) => {
      if (error instanceof UserError) return true;
      throw error;
    },
  );
}

function inWords(damaged: readonly string[]): string {
  if (damaged.length === 0) return 'it has no checkpoint any more';
  const listed = listInWords(damaged);
  return damaged.length === 1 ? `its checkpoint ${listed} is damaged` : `its checkpoints ${listed} are damaged`;
}
