import { lstat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileNames, type RunManifest } from '../model/format';
import type { ShownStatus } from '../model/history';
import { readManifest } from './manifest';
import { waitsInSlurm } from './slurmRecord';
import { isRunning } from '../../base/processes';
import { lockState } from '../lock/runLock';

/** A trainer that can't be looked up is taken for dead when its folder has not changed for so long. It reports every second. */
const silenceLimit = 10 * 60_000;

/** Who starts a run locks it at once; where nobody ever did, nobody starts it. */
const helloLimit = 15_000;

/** `run.json`, as `read` gives it, and the status that is shown, which a run's end between two looks does not confuse. */
export async function readShown(
  folder: string,
  read: () => Promise<RunManifest> = () => readManifest(folder),
): Promise<{ manifest: RunManifest; status: ShownStatus }> {
  const manifest = await read();
  const status = await shownStatus(folder, manifest);
  if (status !== 'lost') return { manifest, status };
  // The process may have written how the run ended, and ended itself, after the file was read.
  const newer = await read();
  if (newer === manifest) return { manifest, status };
  return { manifest: newer, status: await shownStatus(folder, newer) };
}

/** The one place that decides whether a run is lost: it says created or running, but nobody is training it. */
export async function shownStatus(folder: string, manifest: RunManifest): Promise<ShownStatus> {
  if (manifest.status !== 'created' && manifest.status !== 'running') return manifest.status;
  if ((await isTrainerAlive(folder, manifest)) || (await isJustMade(folder, manifest))) return manifest.status;
  return manifest.status === 'created' && (await waitsInSlurm(folder)) ? 'created' : 'lost';
}

/** Made a moment ago, or in the future: the clock of another machine is no reason to wait for ever. */
async function isJustMade(folder: string, { status, process, resumed, created }: RunManifest): Promise<boolean> {
  if (status !== 'created' || process !== null) return false;
  const age = Math.abs(Date.now() - Date.parse(resumed ?? created));
  return age < helloLimit && (await lockState(folder)).kind === 'none';
}

/**
 * Whether somebody trains the run, or is just about to: who holds its lock. Where nobody does, a process that `run.json` names
 * may still be one of an older version, which knows no lock.
 */
export async function isTrainerAlive(folder: string, manifest: RunManifest): Promise<boolean> {
  const { kind } = await lockState(folder);
  if (kind === 'held') return true;
  return kind === 'none' ? isProcessAlive(folder, manifest) : (await isProcessRunning(manifest)) === true;
}

/**
 * Whether the process named in `run.json` still runs, without a look at the lock. On this machine its pid and, where the system
 * tells it, its start time decide; for another machine, and where the start time is unknown, the folder must have changed in
 * the last ten minutes.
 */
export async function isProcessAlive(folder: string, manifest: RunManifest): Promise<boolean> {
  const running = await isProcessRunning(manifest);
  if (running !== 'unsure') return running;
  // A run that waits for its turn is silent.
  return manifest.status === 'created' || (await silence(folder)) < silenceLimit;
}

async function isProcessRunning({ process: trainer }: RunManifest): Promise<boolean | 'unsure'> {
  if (trainer === null) return false;
  return trainer.host === hostname() ? isRunning(trainer) : 'unsure';
}

/** Milliseconds since anything was written to a run folder; what is written where its links lead does not count. */
async function silence(folder: string): Promise<number> {
  const times = await Promise.all(
    [fileNames.run, fileNames.events, fileNames.log].map(async (name) =>
      lstat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times);
}
