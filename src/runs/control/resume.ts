import { UserError } from '../../base/errors';
import type { ShownStatus } from '../model/history';
import { readShown } from '../folder/status';
import { RunWriter } from '../folder/writer';
import { withdrawStopRequest } from './stopRequest';

/**
 * Makes runs that were stopped, failed or lost ready to be trained on: after this they say `created`, and a trainer that is
 * started with their folders goes on from their newest checkpoints. Throws a UserError, and changes none of them, when one is
 * finished or still in work.
 */
export async function readyToResume(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await refuseUnlessEnded(folder);
  for (const folder of folders) await makeReady(folder);
}

async function refuseUnlessEnded(folder: string): Promise<void> {
  const { manifest, status } = await readShown(folder);
  const why = reasons[status];
  if (why !== undefined) throw new UserError(`The run ${manifest.id} ${why}.`);
}

const reasons: Partial<Record<ShownStatus, string>> = {
  finished: 'is finished; there is nothing left to train',
  running: 'is still training; only one that has ended can go on',
  created: 'is still waiting for its turn; only one that has ended can go on',
};

async function makeReady(folder: string): Promise<void> {
  await withdrawStopRequest(folder);
  const writer = await RunWriter.open(folder);
  await writer.update({ status: 'created', process: null, error: null, resumed: new Date().toISOString() });
  await writer.close();
}
