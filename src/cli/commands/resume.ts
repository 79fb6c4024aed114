import { readManifest } from '../../runs/folder/manifest';
import { readyToResume } from '../../runs/control/resume';
import { findRun, runsFolderOf } from '../runFolders';
import { print, printJson } from '../terminal';
import { followTraining, startTraining, type TrainingRun } from '../trainingRuns';

export interface ResumeOptions {
  readonly runs?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** `sfp resume`: lets runs that were stopped, failed or lost go on, and shows them until they end. */
export async function resume(names: readonly [string, ...string[]], options: ResumeOptions): Promise<number> {
  const runsFolder = await runsFolderOf(options.runs);
  const [first, ...more] = names;
  const runs = [await found(first, runsFolder)] as [TrainingRun, ...TrainingRun[]];
  for (const name of more) runs.push(await found(name, runsFolder));
  const since = new Date().toISOString();
  const { locks, losses } = await readyToResume(runs.map(({ folder }) => folder));
  // Who follows the runs is told as they are, by a warning.
  if (options.detach && !options.json) for (const loss of losses) print(loss);
  const pid = await startTraining(runs, locks);
  for (const { id, name, folder } of runs)
    if (options.json) printJson({ type: 'resumed', run: id, name, folder, pid });
    else print(`${name} goes on.`);
  return followTraining(runs, pid, { ...options, since });
}

async function found(run: string, runsFolder: string): Promise<TrainingRun> {
  const folder = await findRun(run, runsFolder);
  const { id, name } = await readManifest(folder);
  return { id, name, folder };
}
