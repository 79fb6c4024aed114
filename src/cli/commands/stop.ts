import { basename } from 'node:path';
import { readManifest } from '../../runs/folder/manifest';
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
  const { status } = await readManifest(folder);
  if (json) printJson({ id, folder, how, status });
  else print(`${id}: ${status === 'finished' ? 'had all its epochs already, and has finished' : howItWent[how]}.`);
}
