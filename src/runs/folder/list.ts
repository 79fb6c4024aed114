import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { mapInTurns } from '../../base/turns';
import type { RunManifest } from '../model/format';
import type { ShownStatus } from '../model/history';
import { FollowedManifest } from './manifest';
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

/** More at once would only take memory: the file system serves few at a time. */
const readAtOnce = 8;

/** The runs in a folder, the newest first; none when the folder is not there. `problem` tells damaged ones apart. */
export function listRuns(runsFolder: string): Promise<(ListedRun | DamagedRun)[]> {
  return new FollowedRunsFolder(runsFolder).list();
}

/** A folder of runs that is listed again and again: of each run only what has changed is read. */
export class FollowedRunsFolder {
  #runs = new Map<string, FollowedEntry>();

  constructor(private readonly folder: string) {}

  /**
   * As `listRuns`; a run that is as it was is the same object as before. Throws a UserError when the folder itself can't be
   * read. Calls must not overlap.
   */
  async list(): Promise<(ListedRun | DamagedRun)[]> {
    const names = await onFile(this.folder, () => runFolderNames(this.folder));
    this.#runs = new Map(
      names.map((name) => [name, this.#runs.get(name) ?? new FollowedEntry(join(this.folder, name))]),
    );
    return mapInTurns([...this.#runs.values()], readAtOnce, (run) => run.look());
  }
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

class FollowedEntry {
  readonly #manifest: FollowedManifest;
  #read: { readonly manifest: RunManifest; readonly run: ListedRun } | null = null;
  #damaged: DamagedRun | null = null;

  constructor(private readonly folder: string) {
    this.#manifest = new FollowedManifest(folder);
  }

  async look(): Promise<ListedRun | DamagedRun> {
    try {
      const { manifest, status } = await readShown(this.folder, () => this.#manifest.read());
      if (this.#read?.manifest !== manifest || this.#read.run.status !== status)
        this.#read = { manifest, run: { ...manifest, folder: this.folder, status, problem: null } };
      return this.#read.run;
    } catch (error) {
      const problem = problemOf(error, this.folder);
      if (this.#damaged?.problem !== problem)
        this.#damaged = { folder: this.folder, id: basename(this.folder), problem };
      return this.#damaged;
    }
  }
}

/** Whatever is wrong with one run must not keep the others from being listed. */
function problemOf(error: unknown, folder: string): string {
  if (error instanceof UserError) return error.message;
  const code = errorCode(error);
  if (code !== undefined) return `${folder} can’t be read: the system says ${code}.`;
  return `${folder} is damaged, so that it can’t be read: ${error instanceof Error ? error.message : String(error)}`;
}
