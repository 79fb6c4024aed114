import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { errorCode } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { isRunning, thisProcess } from '../../base/processes';
import { readRegular } from '../../base/regularFile';

/** Who uses a store stands in a folder beside it, which stays when the store is made again. */
export const usesEnding = '.uses';

/** Whether a process of another machine still runs can't be seen: for so long after it began it counts as running. */
const mostSilenceElsewhere = 30 * 24 * 3600 * 1000;

const mostMarkBytes = 4096;
const markSchema = z.object({ host: z.string(), pid: z.int().min(1), started: z.string().optional() });

/** Marks that this process uses the store at `path` until it ends. Marks of processes that have ended are cleared away. */
export async function markUse(path: string): Promise<void> {
  const folder = path + usesEnding;
  await mkdir(folder, { recursive: true });
  const own = await thisProcess();
  const file = join(folder, `${own.host.replaceAll(/[^A-Za-z0-9.-]/g, '_')}-${own.pid}.json`);
  for (const mark of await marksOf(path)) if (mark.file !== file && !mark.isUsed) await rm(mark.file, { force: true });
  await writeFile(file, JSON.stringify(own));
  // Where the file was there already, its time has to be the present one all the same.
  await utimes(file, new Date(), new Date());
}

/** When a store was used last, in milliseconds since 1970, and whether another process, or this one, still does. */
export async function useOf(path: string): Promise<{ readonly last: number; readonly isUsed: boolean }> {
  const marks = await marksOf(path);
  return { last: Math.max(0, ...marks.map(({ last }) => last)), isUsed: marks.some(({ isUsed }) => isUsed) };
}

async function marksOf(path: string): Promise<{ file: string; last: number; isUsed: boolean }[]> {
  const folder = path + usesEnding;
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return (await Promise.all(names.map((name) => markIn(join(folder, name))))).filter((mark) => mark !== null);
}

async function markIn(file: string): Promise<{ file: string; last: number; isUsed: boolean } | null> {
  try {
    const last = (await stat(file)).mtimeMs;
    const text = await readRegular(file, mostMarkBytes, 'delete it');
    return { file, last, isUsed: await isUsedStill(text.toString('utf8'), last) };
  } catch (error) {
    // Another process has cleared it away.
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A mark that can't be read is nobody's. */
async function isUsedStill(text: string, last: number): Promise<boolean> {
  const mark = markSchema.safeParse(parseJson(text)).data;
  if (mark === undefined) return false;
  if (mark.host !== hostname()) return Date.now() - last < mostSilenceElsewhere;
  return (await isRunning(mark)) !== false;
}
