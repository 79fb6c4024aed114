import { UserError } from '../../base/errors';
import type { ShownStatus } from '../model/history';
import { readShown } from '../folder/status';
import { RunWriter } from '../folder/writer';
import { goesOnSentence, lostCheckpoints } from '../checkpoints/lostCheckpoints';
import { withdrawStopRequest } from './stopRequest';

/**
 * Makes runs that were stopped, failed or lost ready to be trained on: after this they say `created`, and a trainer that is
 * started with their folders goes on from their newest checkpoints. So does a finished run whose checkpoints are damaged; that
 * is returned, a sentence for each such run, and told in the run as a warning. Throws a UserError, and changes none of them, when
 * one is finished and whole or still in work.
 */
export async function readyToResume(folders: readonly string[]): Promise<string[]> {
  const losses: (string | null)[] = [];
  for (const folder of folders) losses.push(await lossOrRefusal(folder));
  for (const [index, folder] of folders.entries()) await makeReady(folder, losses[index] ?? null);
  return losses.filter((loss) => loss !== null);
}

/** Null for a run that has ended; what a finished one has lost. */
async function lossOrRefusal(folder: string): Promise<string | null> {
  const { manifest, status } = await readShown(folder);
  const lost = status === 'finished' ? await lostCheckpoints(folder, manifest, 'contents') : null;
  if (lost !== null) return goesOnSentence(manifest.id, lost);
  const why = reasons[status];
  if (why !== undefined) throw new UserError(`The run ${manifest.id} ${why}.`);
  return null;
}

const reasons: Partial<Record<ShownStatus, string>> = {
  finished: 'is finished; there is nothing left to train',
  running: 'is still training; only one that has ended can go on',
  created: 'is still waiting for its turn; only one that has ended can go on',
};

async function makeReady(folder: string, loss: string | null): Promise<void> {
  await withdrawStopRequest(folder);
  const writer = await RunWriter.open(folder);
  if (loss !== null) await writer.event({ type: 'warning', time: new Date().toISOString(), message: loss });
  await writer.update({ status: 'created', process: null, error: null, resumed: new Date().toISOString() });
  await writer.close();
}
