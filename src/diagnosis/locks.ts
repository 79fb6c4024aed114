import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isLocked } from '../base/cacheLock';
import { errorCode } from '../base/fileProblem';
import { listRuns } from '../runs/folder/list';
import { good, remark, type Finding, type Place } from './finding';

const ending = '.lock';
const mostTold = 5;

/** Which runs are being trained, what other processes hold in the cache, and what dead ones have left there. */
export async function lockFindings({ runsFolder, cache }: Pick<Place, 'runsFolder' | 'cache'>): Promise<Finding[]> {
  return [...(await trainedFindings(runsFolder)), ...(await cacheFindings(cache))];
}

/** A run that is trained belongs to its trainer: nobody else may write to its folder. */
async function trainedFindings(runsFolder: string): Promise<Finding[]> {
  const runs = await listRuns(runsFolder);
  const trained = runs.filter((run) => run.problem === null && (run.status === 'running' || run.status === 'created'));
  if (trained.length === 0) return [good('No run is being trained.')];
  const ids = trained.slice(0, mostTold).map(({ id }) => id);
  const more = trained.length > ids.length ? ` and ${trained.length - ids.length} more` : '';
  return [good(`Being trained, or about to be: ${ids.join(', ')}${more}.`)];
}

async function cacheFindings(cache: string): Promise<Finding[]> {
  const folders = [join(cache, 'engines'), join(cache, 'datasets')];
  const locked = (await Promise.all(folders.map(lockedPaths))).flat();
  const findings = await Promise.all(locked.map((path) => lockFinding(path, relative(cache, path))));
  return findings.length > 0 ? findings : [good('Nothing in the cache is locked.')];
}

async function lockFinding(path: string, name: string): Promise<Finding> {
  return (await isLocked(path))
    ? remark(
        `Another process is at work on ${name} in the cache.`,
        'Wait for it; a process that needs the same waits too.',
      )
    : remark(`A process that ended has left its lock on ${name} in the cache.`, 'Nothing: the next one takes it over.');
}

/** What locks are named after, in a folder of the cache and the folders in it. */
async function lockedPaths(folder: string): Promise<string[]> {
  const inside = await foldersIn(folder);
  const deeper = await Promise.all(inside.filter((path) => !path.endsWith(ending)).map(foldersIn));
  return [...inside, ...deeper.flat()]
    .filter((path) => path.endsWith(ending))
    .map((path) => path.slice(0, -ending.length));
}

/** A lock is a folder. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
