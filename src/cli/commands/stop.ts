import { basename } from 'node:path';
import { stopRun } from '../../runs/control/trainerProcess';
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
} as const;

/** `sfp stop`: ends a run, first by asking it to stop. */
export async function stop(run: string, { runs, grace, json }: StopOptions): Promise<void> {
  const folder = await findRun(run, await runsFolderOf(runs));
  const how = await stopRun(folder, { graceSeconds: grace });
  const id = basename(folder);
  if (json) printJson({ id, folder, how });
  else print(`${id}: ${howItWent[how]}.`);
}
