import { basename } from 'node:path';
import { stopSubmitted } from '../../scheduling/slurm/stopSubmitted';
import { findRun, runsFolderOf } from '../runFolders';
import { print, printJson } from '../terminal';

export interface StopOptions {
  readonly runs?: string;
  readonly grace: number;
  readonly json?: boolean;
}

const howItWent = {
  asked: 'stopped on request',
  terminated: 'did not stop on request and was ended with SIGTERM',
  killed: 'did not stop on request and was killed',
  cancelled: 'taken out of the queue of Slurm',
} as const;

/** `sfp stop`: ends a run, first by asking it to stop; one that waits in Slurm is cancelled there. */
export async function stop(run: string, { runs, grace, json }: StopOptions): Promise<void> {
  const folder = await findRun(run, await runsFolderOf(runs));
  const how = await stopSubmitted(folder, { graceSeconds: grace });
  const id = basename(folder);
  if (json) printJson({ id, folder, how });
  else print(`${id}: ${howItWent[how]}.`);
}
