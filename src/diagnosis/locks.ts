import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isLocked } from '../base/cacheLock';
import { errorCode } from '../base/fileProblem';
import { good, remark, type Finding, type Place } from './finding';
import { runLockFindings } from './runLocks';

const ending = '.lock';

/** Who holds the locks of the runs, what other processes hold in the cache, and what dead ones have left there. */
export async function lockFindings({ runsFolder, cache }: Pick<Place, 'runsFolder' | 'cache'>): Promise<Finding[]> {
  return [...(await runLockFindings(runsFolder)), ...(await cacheFindings(cache))];
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
