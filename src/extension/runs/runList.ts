import * as vscode from 'vscode';
import { FollowedRunsFolder, type DamagedRun, type ListedRun } from '../../runs/folder/list';
import { Disposable } from '../disposable';
import { withOwnIds } from './ownIds';
import { nestedRunsFolders, topRunsFolders } from './runsFolders';

export type { DamagedRun, ListedRun } from '../../runs/folder/list';

/** The list is read again this often, because shared file systems do not report what other machines write. */
const pollMilliseconds = 5000;

/** The runs of the workspace, the newest first, kept up to date. */
export class RunList extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  /** A run has come or gone, or what its `run.json` says has changed. */
  readonly onDidChange = this.#changed.event;

  readonly #folders = new Map<string, FollowedRunsFolder>();
  /** What the last look found, folder by folder. */
  #found: readonly (ListedRun | DamagedRun)[] = [];
  #runs: readonly ListedRun[] = [];
  #damaged: readonly DamagedRun[] = [];
  /** Folders of runs that are not directly in a workspace folder. */
  readonly #otherFolders = new Set<string>();
  #reading: Promise<void> | null = null;
  #readAgain = false;
  #watchers: vscode.Disposable[] = [];

  /** Settles when the list has been read for the first time. */
  readonly ready: Promise<void>;

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
    this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#lookAround()));
    const timer = setInterval(() => void this.refresh(), pollMilliseconds);
    this.own({
      dispose: () => {
        clearInterval(timer);
      },
    });
    this.ready = this.#lookAround();
  }

  get runs(): readonly ListedRun[] {
    return this.#runs;
  }

  /** Folders that look like runs and cannot be read. */
  get damaged(): readonly DamagedRun[] {
    return this.#damaged;
  }

  find(id: string): ListedRun | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  /** The run in this folder. */
  at(folder: string): ListedRun | undefined {
    return this.#runs.find((run) => run.folder === folder);
  }

  /** From now on lists the runs in this folder too. */
  async include(runsFolder: string): Promise<void> {
    this.#otherFolders.add(runsFolder);
    await this.refresh();
  }

  /** Reads the list again; when the promise settles, it contains everything that changed before the call. */
  refresh(): Promise<void> {
    // A read that has already begun may have missed the change that this call is for.
    if (this.#reading) {
      this.#readAgain = true;
      return this.#reading;
    }
    const reading = this.#read().finally(() => {
      this.#reading = null;
    });
    this.#reading = reading;
    return reading;
  }

  override dispose(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    super.dispose();
  }

  async #lookAround(): Promise<void> {
    try {
      this.#watch();
      for (const folder of await nestedRunsFolders()) this.#otherFolders.add(folder);
    } catch (error) {
      // The list is read again and again anyway.
      this.log.error(error instanceof Error ? error : String(error));
    }
    await this.refresh();
  }

  async #read(): Promise<void> {
    await this.#readOnce();
    if (!this.#readAgain || this.isDisposed) return;
    this.#readAgain = false;
    await this.#read();
  }

  async #readOnce(): Promise<void> {
    const folders = [...new Set([...topRunsFolders(), ...this.#otherFolders])];
    const found = (await Promise.all(folders.map((folder) => this.#list(folder)))).flat();
    // A run that is as it was is the same object as before.
    if (found.length === this.#found.length && found.every((run, index) => run === this.#found[index])) return;
    this.#found = found;
    this.#runs = withOwnIds(found.filter((run) => run.problem === null)).sort(newestFirst);
    this.#damaged = found.filter((run) => run.problem !== null);
    if (!this.isDisposed) this.#changed.fire();
  }

  async #list(folder: string): Promise<(ListedRun | DamagedRun)[]> {
    try {
      const followed = this.#folders.get(folder) ?? new FollowedRunsFolder(folder);
      this.#folders.set(folder, followed);
      return await followed.list();
    } catch (error) {
      this.log.warn(String(error));
      return [];
    }
  }

  #watch(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = topRunsFolders().map((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*/run.json'));
      const look = () => void this.refresh();
      watcher.onDidCreate(look);
      watcher.onDidChange(look);
      watcher.onDidDelete(look);
      return watcher;
    });
  }
}

/** Times are of one form, so that their letters decide; a comparison by language would take most of the time of a look. */
function newestFirst(a: ListedRun, b: ListedRun): number {
  return a.created < b.created ? 1 : a.created > b.created ? -1 : 0;
}

export function isActive(run: Pick<ListedRun, 'status'>): boolean {
  return run.status === 'created' || run.status === 'running';
}
