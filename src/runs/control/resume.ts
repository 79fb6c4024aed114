import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import { goesOnSentence, lostCheckpoints } from '../checkpoints/lostCheckpoints';
import { readManifest } from '../folder/manifest';
import { readSlurmRecord, taskName } from '../folder/slurmRecord';
import { readShown } from '../folder/status';
import { RunWriter } from '../folder/writer';
import { lockState, nameOf, releaseLocks, RunLock, takeLocks } from '../lock/runLock';
import { withdrawStopRequest } from './stopRequest';

const endingLimit = 10_000;

/** Runs that are ready to be trained on. */
export interface ReadyRuns {
  /** For who trains them, in the order of the folders: nobody else resumes the runs meanwhile. */
  readonly locks: readonly RunLock[];
  /** What finished ones have lost, a sentence each. */
  readonly losses: readonly string[];
}

/**
 * Makes runs that were stopped, failed or lost ready to be trained on: after this they say `created`, and a trainer that is
 * started with their folders goes on from their newest checkpoints. So does a finished run whose checkpoints are damaged or gone; that
 * is told in the run as a warning. Throws a UserError, and changes none of them, when one is finished and whole, still in work,
 * or being resumed.
 */
export async function readyToResume(folders: readonly string[]): Promise<ReadyRuns> {
  for (const folder of folders) await refuseAtWork(folder);
  const locks = await takeLocks(folders, takeOfEnded);
  try {
    // Under the locks, as one of them may have been trained to its end meanwhile.
    const losses: (string | null)[] = [];
    for (const folder of folders) losses.push(await lossOrRefusal(folder));
    for (const [index, folder] of folders.entries()) await makeReady(folder, locks[index]!, losses[index] ?? null);
    return { locks, losses: losses.filter((loss) => loss !== null) };
  } catch (error) {
    await releaseLocks(locks);
    throw error;
  }
}

/** A trainer that has said how its run ended still puts its engine away before it gives the lock back. */
async function takeOfEnded(folder: string): Promise<RunLock> {
  const deadline = Date.now() + endingLimit;
  for (;;) {
    try {
      return await RunLock.take(folder);
    } catch (error) {
      if (!(error instanceof UserError) || Date.now() > deadline) throw error;
    }
    // Somebody else may have resumed it.
    await refuseAtWork(folder);
    await sleep(100);
  }
}

async function refuseAtWork(folder: string): Promise<void> {
  const { manifest, status } = await readShown(folder);
  if (status !== 'running' && status !== 'created') return;
  const does = status === 'running' ? 'is still training' : 'is still waiting for its turn';
  const lock = await lockState(folder);
  const record = lock.kind === 'held' ? null : await readSlurmRecord(folder);
  if (record !== null)
    throw new UserError(
      `The run ${manifest.id} waits in Slurm as ${taskName(record)}; \`sfp stop\` takes it back, then it can go on here.`,
      { file: folder },
    );
  const who = lock.kind === 'held' ? ` (${nameOf(lock.holder)})` : '';
  throw new UserError(`The run ${manifest.id} ${does}${who}; only one that has ended can go on.`, { file: folder });
}

/** Null for a run that has ended; what a finished one has lost. */
async function lossOrRefusal(folder: string): Promise<string | null> {
  const manifest = await readManifest(folder);
  if (manifest.status !== 'finished') return null;
  const lost = await lostCheckpoints(folder, manifest, 'contents');
  if (lost !== null) return goesOnSentence(manifest.id, lost);
  throw new UserError(`The run ${manifest.id} is finished; there is nothing left to train.`);
}

/** Lets a run that has ended, or is lost, say `created` again; `loss` is told in it as a warning. */
export async function makeReady(folder: string, lock: RunLock, loss: string | null = null): Promise<void> {
  await withdrawStopRequest(folder);
  const writer = await RunWriter.open(folder, lock);
  if (loss !== null) await writer.event({ type: 'warning', time: new Date().toISOString(), message: loss });
  await writer.update({ status: 'created', process: null, error: null, resumed: new Date().toISOString() });
  await writer.close();
}
