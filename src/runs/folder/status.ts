import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileNames, type RunManifest } from '../model/format';
import type { ShownStatus } from '../model/history';
import { readManifest } from './manifest';
import { isRunning } from '../../base/processes';

/** A trainer that can't be looked up is taken for dead when its folder has not changed for so long. It reports every second. */
const silenceLimit = 10 * 60_000;

/** A trainer says hello within seconds after the folder was made; one that never did did not start. */
const helloLimit = 2 * 60_000;

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
  return { manifest: newer, status: await shownStatus(folder, newer) };
}

/** The one place that decides whether a run is lost: it says created or running, but nobody is training it. */
export async function shownStatus(folder: string, manifest: RunManifest): Promise<ShownStatus> {
  if (manifest.status !== 'created' && manifest.status !== 'running') return manifest.status;
  if (manifest.process === null) {
    const age = Date.now() - Date.parse(manifest.resumed ?? manifest.created);
    return manifest.status === 'running' || age > helloLimit ? 'lost' : 'created';
  }
  return (await isTrainerAlive(folder, manifest)) ? manifest.status : 'lost';
}

/**
 * Whether the process named in `run.json` still runs. On this machine its pid and, where the system tells it, its start time
 * decide; for another machine, and where the start time is unknown, the folder must have changed in the last ten minutes.
 */
export async function isTrainerAlive(folder: string, manifest: RunManifest): Promise<boolean> {
  if (manifest.process === null) return false;
  const running = manifest.process.host === hostname() ? await isRunning(manifest.process) : 'unsure';
  if (running !== 'unsure') return running;
  // A run that waits for its turn is silent.
  return manifest.status === 'created' || (await silence(folder)) < silenceLimit;
}

/** Milliseconds since anything was written to a run folder. */
async function silence(folder: string): Promise<number> {
  const times = await Promise.all(
    [fileNames.run, fileNames.events, fileNames.log].map(async (name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times);
}
