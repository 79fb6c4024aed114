import { UserError } from '../../base/errors';
import { requestStop } from '../../runs/control/stopRequest';
import { markStopped, stopRun, type StopOptions } from '../../runs/control/trainerProcess';
import { readManifest } from '../../runs/folder/manifest';
import { readSlurmRecord, taskName, writeSlurmRecord, type SlurmRecord } from '../../runs/folder/slurmRecord';
import { lockState } from '../../runs/lock/runLock';
import { callSlurm } from './programs';
import { jobOf, ofCluster, queueStates } from './queueStates';
import { isUnderWay } from './taskWords';

/**
 * Ends a run wherever it is: as `stopRun`, and one that waits in Slurm, for its first turn or its next, is taken out of the queue
 * there (`cancelled`). Throws a UserError as `stopRun` does, and where Slurm does not answer: the run has been asked to stop then,
 * and does not train when its turn comes.
 */
export async function stopSubmitted(
  folder: string,
  options: StopOptions,
): Promise<'asked' | 'terminated' | 'killed' | 'cancelled'> {
  const record = await readSlurmRecord(folder);
  const isWaiting = record !== null && record.cancelled === undefined && (await lockState(folder)).kind !== 'held';
  if (!isWaiting) return stopRun(folder, options);
  const { status, id } = await readManifest(folder);
  if (status === 'finished' || status === 'failed') return stopRun(folder, options);
  await requestStop(folder);
  const wasThere = await cancel(record, id);
  await writeSlurmRecord(folder, { ...record, cancelled: new Date().toISOString() });
  if (status === 'stopped' && !wasThere) throw new UserError(`The run ${id} has ended already (stopped).`);
  // Its task may just have begun to train it, and then obeys the request.
  if (status !== 'stopped' && (await lockState(folder)).kind === 'held') return stopRun(folder, options);
  if (status !== 'stopped') await markStopped(folder, 'Taken out of the queue of Slurm before its turn came.');
  return 'cancelled';
}

/** Takes a task out of the queue of Slurm; false where Slurm does not have it any more. */
async function cancel(record: SlurmRecord, id: string): Promise<boolean> {
  try {
    const job = await jobOf(record);
    if (job === null) return false;
    const task = taskName({ job, index: record.index });
    const state = (await queueStates({ ...record, job })).get(record.index);
    if (state === undefined || !isUnderWay(state)) return false;
    // With a filter such as --name, scancel would take all tasks of the array that wait.
    const { complaint } = await callSlurm('scancel', [...ofCluster(record), task]);
    if (complaint === null) return true;
    if (/invalid job id|already completing/i.test(complaint)) return false;
    throw new UserError(`Slurm does not cancel ${task}: ${complaint}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message} The run ${id} was asked to stop all the same, and will not train when its turn comes; \`sfp stop\` takes it out of Slurm's queue when it answers again.`,
      { cause: error },
    );
  }
}
