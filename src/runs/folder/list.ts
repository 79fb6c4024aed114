import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import type { RunManifest } from '../model/format';
import type { ShownStatus } from '../model/history';
import { readShown } from './status';

export type ListedRun = Omit<RunManifest, 'status'> & {
  readonly folder: string;
  readonly status: ShownStatus;
  readonly problem: null;
};

/** A folder among the runs that can't be read as one. */
export interface DamagedRun {
  readonly folder: string;
  /** The folder's name, as the run's id was. */
  readonly id: string;
  /** One sentence. */
  readonly problem: string;
}

/** The runs in a folder, the newest first; none when the folder is not there. `problem` tells damaged ones apart. */
export async function listRuns(runsFolder: string): Promise<(ListedRun | DamagedRun)[]> {
  const names = await onFile(runsFolder, () => runFolderNames(runsFolder));
  return Promise.all(names.map((name) => describe(join(runsFolder, name))));
}

/** Newest first, as names start with the time. Those that start with a dot are still being made. */
async function runFolderNames(runsFolder: string): Promise<string[]> {
  try {
    const entries = await readdir(runsFolder, { withFileTypes: true });
    const folders = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.'));
    return folders
      .map(({ name }) => name)
      .sort()
      .reverse();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function describe(folder: string): Promise<ListedRun | DamagedRun> {
  try {
    const { manifest, status } = await readShown(folder);
    return { ...manifest, folder, status, problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { folder, id: basename(folder), problem: error.message };
  }
}
