import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isLocked, withLock } from '../../base/cacheLock';
import { errorCode } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { removeFolder, unfinishedEnding } from '../../base/wholeFolder';
import { aboutSchema, storeFiles } from './storeFiles';
import { usesEnding, useOf } from './storeUse';

/** What a store is called, and half of one that a program which was broken off has left; what else is there is none. */
const storeName = /^([0-9a-f]{32})(?:\.partial)?$/;

interface FoundStore {
  readonly path: string;
  readonly bytes: number;
  /** What it might have. */
  readonly mostBytes: number;
  readonly last: number;
}

/**
 * Removes stores of decoded pictures in `parent`, the one whose last use is the longest ago first, until all together have no
 * more than the largest bound of one of them. Those that a process uses or is making stay, whatever they have.
 */
export async function removeOldStores(parent: string, signal: AbortSignal): Promise<void> {
  const names = (await readdir(parent)).map((name) => storeName.exec(name)?.[1]).filter((name) => name !== undefined);
  const stores = await Promise.all([...new Set(names)].map((name) => lookAt(join(parent, name))));
  const most = Math.max(0, ...stores.map(({ mostBytes }) => mostBytes));
  let bytes = stores.reduce((sum, store) => sum + store.bytes, 0);
  for (const { path, bytes: own } of stores.sort((one, other) => one.last - other.last)) {
    if (bytes <= most) return;
    if (await removeUnused(path, signal)) bytes -= own;
  }
}

async function lookAt(path: string): Promise<FoundStore> {
  const about = await readFile(join(path, storeFiles.about), 'utf8').catch(orNothing(''));
  return {
    path,
    bytes: (await bytesIn(path)) + (await bytesIn(path + unfinishedEnding)),
    mostBytes: aboutSchema.safeParse(parseJson(about)).data?.mostBytes ?? 0,
    last: (await useOf(path)).last,
  };
}

/** Under the lock of the store, so that nobody begins to use it meanwhile. */
async function removeUnused(path: string, signal: AbortSignal): Promise<boolean> {
  if ((await useOf(path)).isUsed || (await isLocked(path))) return false;
  const nobodyWaits = (): void => undefined;
  return withLock(path, signal, nobodyWaits, async () => {
    if ((await useOf(path)).isUsed) return false;
    await removeFolder(path);
    for (const ending of [unfinishedEnding, usesEnding]) await rm(path + ending, { recursive: true, force: true });
    return true;
  });
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder).catch(orNothing([]));
  const sizes = files.map(async (file) => (await stat(join(folder, file)).catch(orNothing({ size: 0 }))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Another process may have removed it. */
function orNothing<Nothing>(nothing: Nothing): (error: unknown) => Nothing {
  return (error) => {
    if (errorCode(error) === 'ENOENT') return nothing;
    throw error;
  };
}
