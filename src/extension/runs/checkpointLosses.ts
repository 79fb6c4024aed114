import * as vscode from 'vscode';
import { lostCheckpoints } from '../../runs/checkpoints/lostCheckpoints';
import type { LostCheckpoints } from '../../runs/model/lostCheckpoints';
import { Disposable } from '../disposable';
import type { ListedRun, RunList } from './runList';

/** What the finished runs of the list have lost of their checkpoints, as far as the lengths of files tell. */
export class CheckpointLosses extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  /** Of a run it is known now that something is lost, or is not any more. */
  readonly onDidChange = this.#changed.event;
  readonly #losses = new Map<string, LostCheckpoints>();
  readonly #looked = new WeakSet<ListedRun>();
  #isLooking = false;

  constructor(
    private readonly list: Pick<RunList, 'runs' | 'ready' | 'onDidChange'>,
    private readonly log: Pick<vscode.LogOutputChannel, 'warn'>,
  ) {
    super();
    this.own(list.onDidChange(() => void this.#look()));
    void list.ready.then(() => this.#look());
  }

  /** Null where nothing is lost, or nobody has looked yet. */
  of({ folder, status }: Pick<ListedRun, 'folder' | 'status'>): LostCheckpoints | null {
    return status === 'finished' ? (this.#losses.get(folder) ?? null) : null;
  }

  /** At one run after another, as there may be a thousand, and at each again only when its `run.json` is another one. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    let run: ListedRun | undefined;
    while (!this.isDisposed && (run = this.#next()) !== undefined) {
      this.#looked.add(run);
      await this.#lookAt(run);
    }
    this.#isLooking = false;
  }

  #next(): ListedRun | undefined {
    return this.list.runs.find((run) => run.status === 'finished' && !this.#looked.has(run));
  }

  async #lookAt(run: ListedRun): Promise<void> {
    const before = this.#losses.get(run.folder);
    const lost = await lostCheckpoints(run.folder, run, 'lengths').catch((error: unknown) => {
      this.log.warn(error instanceof Error ? error.message : String(error));
      return null;
    });
    if (lost === null) this.#losses.delete(run.folder);
    else this.#losses.set(run.folder, lost);
    if ((before === undefined) !== (lost === null) && !this.isDisposed) this.#changed.fire();
  }
}
