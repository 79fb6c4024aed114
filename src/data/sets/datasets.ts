import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { cacheFolder } from '../../base/cacheFolder';
import { checkCache, decodedBytes, openCache, writeCache, type CacheState } from '../cache/cacheFile';
import { withLock } from '../../base/cacheLock';
import type { FileDataset, KnownDatasetInfo, DatasetName } from '../dataset';
import { datasetInfo } from './datasetInfo';
import { cacheProblem } from '../../base/fileProblem';
import { obtainDataset, type ObtainOptions } from './obtainDataset';
import type { OnProgress } from '../progress';
import { sources as sourcesOf, type Source } from './sources';

export { datasetInfo };

export interface EnsureOptions {
  /** Cache folder; the user's if left out. */
  readonly cache?: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Makes sure that the data set is in the cache, whole and verified to the last byte: fetches it from its sources if it
 * is missing or damaged. Several processes may call this at once; one fetches, the others wait.
 * Throws a UserError when no source has it or the cache folder cannot be written.
 */
export function ensureDataset(name: DatasetName, options: EnsureOptions = {}): Promise<void> {
  return ensure(datasetInfo(name), sourcesOf[name], options);
}

/** As `ensureDataset`, for a data set and sources of the caller's choice. */
export async function ensure(
  info: KnownDatasetInfo,
  sources: readonly Source[],
  options: EnsureOptions & Pick<ObtainOptions, 'patience'> = {},
): Promise<void> {
  const cache = options.cache ?? cacheFolder();
  const path = cacheFile(info, cache);
  const onProgress = options.onProgress ?? (() => undefined);
  const signal = options.signal ?? new AbortController().signal;
  try {
    if (await isGood(path, info, onProgress)) return;
    await mkdir(folderOf(info, cache), { recursive: true });
    const onWait = (): void => {
      onProgress({ phase: 'waiting', source: 'another process', bytes: 0, total: 0 });
    };
    await withLock(path, signal, onWait, async (locked) => {
      if (await isGood(path, info, onProgress)) return;
      const folder = join(cache, 'downloads');
      const { images, clean } = await obtainDataset(info, sources, { ...options, folder, onProgress, signal: locked });
      await writeCache(path, info, images);
      await clean();
    });
  } catch (error) {
    throw cacheProblem(error, cache) ?? error;
  }
}

/** Whether a data set is in the cache, whole: all of it is read. Nothing is fetched. */
export async function datasetState(name: DatasetName, cache = cacheFolder()): Promise<CacheState> {
  const info = datasetInfo(name);
  return checkCache(cacheFile(info, cache), info, () => undefined).catch((error: unknown) => {
    throw cacheProblem(error, cache) ?? error;
  });
}

async function isGood(path: string, info: KnownDatasetInfo, onProgress: OnProgress): Promise<boolean> {
  const progress = { phase: 'verifying', source: 'cache', total: decodedBytes(info) } as const;
  const state = await checkCache(path, info, (bytes) => {
    onProgress({ ...progress, bytes });
  });
  if (state === 'damaged') onProgress({ ...progress, bytes: 0, note: `${path} is damaged; it is made again.` });
  return state === 'good';
}

/**
 * Opens a data set that `ensureDataset` has put into the cache. Header and size are checked, the images are not.
 * Throws a UserError when it is missing or damaged.
 */
export async function openDataset(name: DatasetName, options: { readonly cache?: string } = {}): Promise<FileDataset> {
  return openCached(datasetInfo(name), options.cache ?? cacheFolder());
}

/** As `openDataset`, for a data set of the caller's choice. */
export async function openCached(info: KnownDatasetInfo, cache: string): Promise<FileDataset> {
  const path = cacheFile(info, cache);
  const dataset = await openCache(path, info).catch((error: unknown) => {
    throw cacheProblem(error, cache) ?? error;
  });
  if (typeof dataset !== 'string') return dataset;
  throw new UserError(
    `${info.title} is ${dataset === 'missing' ? 'not in the cache' : 'damaged in the cache'} (${path}): ` +
      `fetch it with \`sfp data get ${info.name}\`.`,
    { file: path },
  );
}

function folderOf(info: KnownDatasetInfo, cache: string): string {
  return join(cache, 'datasets', info.name);
}

function cacheFile(info: KnownDatasetInfo, cache: string): string {
  return join(folderOf(info, cache), 'images.bin');
}
