import { join } from 'node:path';
import { UserError } from '../base/errors';
import { listRuns } from '../runs/folder/list';
import { highestNumber } from '../runs/lock/lockFiles';
import { lookAtLock, nameOf, type LockSight } from '../runs/lock/runLock';
import { fileNames } from '../runs/model/format';
import { shellWord } from '../runs/model/shellWord';
import { good, remark, type Finding } from './finding';
import { namedRuns } from './namedRuns';

const mostTold = 10;

/**
 * Who holds the locks of the runs: a run belongs to its trainer, and nobody else may write to its folder. Tells also of locks that
 * keep a run from being trained, or of which it cannot be told whether they do.
 */
export async function runLockFindings(runsFolder: string): Promise<Finding[]> {
  const waiting: string[] = [];
  const findings: Finding[] = [];
  // One after another: there may be a thousand.
  for (const run of await listRuns(runsFolder)) {
    const found = await lockFinding(run.id, run.folder);
    if (found !== null) findings.push(found);
    else if (run.problem === null && (run.status === 'running' || run.status === 'created')) waiting.push(run.id);
  }
  if (waiting.length > 0)
    findings.unshift(good(`About to be trained, or trained without a lock: ${namedRuns(waiting, mostTold)}.`));
  if (findings.length === 0) return [good('No run is being trained.')];
  // What something has to be done about comes first, and is not left out for what is well.
  const told = [...findings].sort((one, other) => Number(one.remedy === null) - Number(other.remedy === null));
  const more = told.splice(mostTold).length;
  return more > 0 ? [...told, remark(`${more} more runs are locked.`, '`sfp list` shows them.')] : told;
}

/** Null where nothing is to be said of it: nobody has the lock, or who had it has died, of which the run's status tells. */
async function lockFinding(id: string, folder: string): Promise<Finding | null> {
  try {
    const sight = await lookAtLock(folder);
    return sight === null ? null : findingOf(id, folder, sight);
  } catch (error) {
    if (error instanceof UserError) return remark(error.message, `When nobody trains the run ${id}, delete that.`);
    throw error;
  }
}

function findingOf(
  id: string,
  folder: string,
  { number, holder, isHeld, running, silence }: LockSight,
): Finding | null {
  if (number >= highestNumber)
    return remark(
      `The lock of the run ${id} has the number ${number}, and there is no higher one, so nobody can train it.`,
      `When nobody trains it, delete the folder ${join(folder, fileNames.lock)}.`,
    );
  if (holder?.released !== undefined || running === false) return null;
  if (holder === null)
    return remark(
      `The lock of the run ${id} does not say who holds it: it is being taken at this moment, or was emptied by a power loss.`,
      `Nothing: \`sfp resume ${shellWord(id)}\` takes it over when it stays so.`,
    );
  const heard = `it gave its last sign of life ${seconds(silence)} ago`;
  if (running === true && isHeld)
    return good(`The run ${id} is locked by ${nameOf(holder)}, which is running; ${heard}.`);
  if (running === true) return null;
  const unknown = `The run ${id} is locked by ${nameOf(holder)}, which cannot be looked up from here; ${heard}.`;
  return isHeld
    ? remark(unknown, 'Stop it there if it is in the way; when it is silent for 90 seconds it counts as ended.')
    : remark(unknown, `If it is really gone, \`sfp resume ${shellWord(id)}\` lets the run go on; else stop it there.`);
}

function seconds(milliseconds: number): string {
  const count = Math.round(milliseconds / 1000);
  return count === 1 ? '1 second' : `${count} seconds`;
}
