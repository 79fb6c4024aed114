import { statfs } from 'node:fs/promises';
import { good, problem, remark, type Finding, type Place } from './finding';
import { nearestFolder } from './nearestFolder';

/** Checkpoints of the largest network of the zoo, each written beside the one that it replaces, take about this. */
const leastBytes = 100e6;
/** Data sets, TensorFlow and some runs take about this. */
const comfortableBytes = 3e9;

/** Room where runs and cache are. */
export async function diskFindings(
  { runsFolder, cache }: Pick<Place, 'runsFolder' | 'cache'>,
  freeBytes = freeBytesAt,
): Promise<Finding[]> {
  return [
    roomFinding('the runs', runsFolder, await freeBytes(await nearestFolder(runsFolder)), 'delete old runs'),
    roomFinding('the cache', cache, await freeBytes(await nearestFolder(cache)), 'set SFP_LAB_CACHE to another disk'),
  ];
}

function roomFinding(whose: string, folder: string, free: number, way: string): Finding {
  const what = `The disk of ${whose} has ${(free / 1e9).toFixed(1)} GB free (${folder}).`;
  if (free >= comfortableBytes) return good(what);
  const remedy = `Free some space, or ${way}.`;
  return free < leastBytes ? problem(what, remedy) : remark(what, remedy);
}

async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
