import { UserError } from '../../base/errors';
import { cacheFolder } from '../../base/cacheFolder';
import type { RunConfig } from '../../config/schema';
import type { DatasetInfo } from '../dataset';
import { listPictures, type ListedPictures } from '../own/listPictures';
import { pictureInfo } from '../own/lookAtPictures';
import { shorterSide, type Decoding, type PictureSet } from './pictureSet';
import { storePictures, type PictureStore, type StoreOptions } from './pictureStore';

/** A data set whose pictures are on a disk. */
export interface PictureDataset extends Pick<DatasetInfo, 'name' | 'shape' | 'classes' | 'mean' | 'std'> {
  readonly training: PictureSet;
  readonly test: PictureSet;
}

export interface ReadyPictures {
  readonly info: DatasetInfo;
  readonly dataset: PictureDataset;
  /** Pictures that are left out, in a sentence; null where there are none. */
  readonly note: string | null;
}

export type ReadyOptions = Omit<StoreOptions, 'mostBytes' | 'cache'> & { readonly cache?: string };

/**
 * Gets the pictures of a folder ready for training: all of them are decoded once. Throws a UserError that names those that can't
 * be decoded, unless the config has them skipped.
 */
export async function readyPictures(
  path: string,
  data: RunConfig['data'],
  options: ReadyOptions,
): Promise<ReadyPictures> {
  const folder = await listPictures(path);
  const info = pictureInfo(path, folder, data);
  const { training, test } = folder;
  const decoding: Decoding = { shorter: shorterSide(data.size), channels: data.channels };
  const files = [...training.files, ...test.files];
  const mostBytes = data.cacheGigabytes * 1e9;
  const store = await storePictures({ folder: path, files }, decoding, { cache: cacheFolder(), ...options, mostBytes });
  if (store.broken.size > 0 && !data.skipBroken) throw brokenPictures(path, files, store.broken);
  const { name, shape, classes, mean, std } = info;
  const partOf = (part: ListedPictures, from: number): PictureSet => pictureSet(path, part, from, decoding, store);
  const dataset = {
    ...{ name, shape, classes, mean, std },
    training: partOf(training, 0),
    test: partOf(test, training.files.length),
  };
  refuseEmptyClasses(dataset, info.own?.validationFrom ?? null);
  const note = store.broken.size > 0 ? `${brokenInWords(path, files, store.broken)}; they are skipped.` : null;
  return { info, dataset, note };
}

function pictureSet(
  folder: string,
  { files, labels }: ListedPictures,
  from: number,
  decoding: Decoding,
  { stored, broken }: PictureStore,
): PictureSet {
  const to = from + files.length;
  const shared = new Uint16Array(new SharedArrayBuffer(2 * labels.length));
  shared.set(labels);
  return {
    count: files.length,
    folder,
    files,
    labels: shared,
    broken: [...broken.keys()].filter((index) => index >= from && index < to).map((index) => index - from),
    decoding,
    stored: {
      file: stored.file,
      offsets: stored.offsets.subarray(from, to),
      widths: stored.widths.subarray(from, to),
      heights: stored.heights.subarray(from, to),
    },
  };
}

/** A class that nothing is left of would be trained by nobody's wish. */
function refuseEmptyClasses({ training, classes }: PictureDataset, validationFrom: number | null): void {
  const broken = new Set(training.broken);
  const there = new Set(
    training.labels.subarray(0, validationFrom ?? undefined).filter((_, index) => !broken.has(index)),
  );
  const empty = classes.find((_, label) => !there.has(label));
  if (empty === undefined) return;
  throw new UserError(`No training picture of the class "${empty}" in ${training.folder} can be decoded.`, {
    file: training.folder,
  });
}

function brokenPictures(path: string, files: readonly string[], broken: ReadonlyMap<number, string>): UserError {
  return new UserError(
    `${brokenInWords(path, files, broken)}: mend or delete ${broken.size === 1 ? 'it' : 'them'}, or leave such pictures out with "data.skipBroken".`,
    { file: path },
  );
}

const named = 3;

function brokenInWords(path: string, files: readonly string[], broken: ReadonlyMap<number, string>): string {
  const told = [...broken].slice(0, named).map(([index, reason]) => `${files[index]} (${reason})`);
  const more = broken.size > named ? ` and ${broken.size - named} more` : '';
  return `Of the ${files.length} pictures in ${path}, ${broken.size} can’t be decoded: ${told.join(', ')}${more}`;
}
