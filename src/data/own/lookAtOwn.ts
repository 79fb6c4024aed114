import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { mostClasses } from '../../config/choices';
import type { RunConfig } from '../../config/schema';
import type { DatasetInfo } from '../dataset';
import { mostArrays } from './arrayFile';
import { withArrays } from './lookAtArrays';
import { lookAtPictures } from './lookAtPictures';
import { ownPath } from './ownPath';

/** An editor asks again after every key. */
const known = new Map<string, { readonly mark: string; readonly info: DatasetInfo }>();
const mostKnown = 20;

/**
 * What the images are that a config of this folder brings along; null where it takes a known data set. What is found is kept
 * as long as the file is the same. Throws a UserError that names what is wrong with them.
 */
export async function lookAtOwn(data: RunConfig['data'], folder: string): Promise<DatasetInfo | null> {
  const path = ownPath(data, folder);
  if (path === null) return null;
  const { mean, std, classNames, size, channels } = data;
  const key = JSON.stringify([path, mean, std, classNames, size, channels]);
  const isFolder = data.arrays === null;
  const mark = await onFile(path, () => (isFolder ? folderMark(path) : markOf(path)));
  const last = known.get(key);
  if (last?.mark === mark) return last.info;
  const info = await onFile(path, () =>
    isFolder ? lookAtPictures(path, data) : withArrays(path, data, ({ info: found }) => found),
  );
  if (known.size >= mostKnown) known.clear();
  known.set(key, { mark, info });
  return info;
}

/** Of a folder, the files in it may change although it does not. */
async function markOf(path: string): Promise<string> {
  const found = await stat(path);
  const names = found.isDirectory() ? (await readdir(path)).filter((name) => name.endsWith('.npy')) : [];
  const files = await Promise.all(names.slice(0, mostArrays).map((name) => stat(join(path, name))));
  return [found, ...files].map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join('\n');
}

/** A folder has another time when a file in it comes or goes: that of every class tells. */
async function folderMark(path: string): Promise<string> {
  const marks = [await timeOf(path)];
  for (const part of ['train', 'val', 'test']) {
    const classes = await readdir(join(path, part)).catch(() => []);
    const folders = [part, ...classes.slice(0, mostClasses).map((name) => join(part, name))];
    marks.push(...(await Promise.all(folders.map((folder) => timeOf(join(path, folder)).catch(() => 'none')))));
  }
  return marks.join('\n');
}

async function timeOf(path: string): Promise<string> {
  const { mtimeMs, ino } = await stat(path);
  return `${mtimeMs} ${ino}`;
}

/** Throws a UserError when the images are others than those that a run began with. */
export function refuseOthers(found: DatasetInfo, before: DatasetInfo): void {
  if (found.own?.fingerprint === before.own?.fingerprint) return;
  throw new UserError(
    `The images of ${found.own?.path} are no longer those that this run began with (${before.own?.reading}; now ${found.own?.reading}): put them back, or start a new run.`,
  );
}
