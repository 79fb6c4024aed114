import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { markOf } from '../../runs/folder/fileMark';
import type { Queue } from '../../scheduling/queue/queue';
import { queueFolder, queueNames } from '../../scheduling/queue/queueFolder';
import { Disposable } from '../disposable';
import { queueStart, trainingNode } from './trainingProcess';
import type { RunList } from './runList';

const pollMilliseconds = 2000;

/** What the queue of this machine is like: the places of those runs that wait, and whether it is paused. */
export class MachineQueue extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #timer: NodeJS.Timeout;
  #mark = '';
  #places: ReadonlyMap<string, number> = new Map();
  #paused: Queue['paused'] = null;
  #looking: Promise<void> | null = null;

  constructor(
    private readonly list: RunList,
    private readonly extension: vscode.Extension<unknown>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.#timer = setInterval(() => void this.refresh(), pollMilliseconds);
    // Which runs wait is known by what the list says of them.
    this.own(
      list.onDidChange(() => {
        this.#mark = '';
      }),
    );
    void this.#goOn();
  }

  /** Among those that wait, counted from 1; null for a run that does not, or is not in the queue. */
  placeOf(folder: string): number | null {
    return this.#places.get(folder) ?? null;
  }

  /** How many wait, also those of other windows. */
  get waiting(): number {
    return this.#places.size;
  }

  get paused(): Queue['paused'] {
    return this.#paused;
  }

  refresh(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => {
        // The next command that changes the queue tells what is wrong with it.
        this.log.warn(String(error));
      })
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  override dispose(): void {
    clearInterval(this.#timer);
    super.dispose();
  }

  async #look(): Promise<void> {
    const mark = await markAt(path.join(queueFolder(), queueNames.queue));
    if (mark === this.#mark) return;
    this.#mark = mark;
    const { listQueue } = await import('../../scheduling/queue/queueList');
    const { runs, paused } = await listQueue(queueFolder());
    this.#places = new Map(runs.flatMap(({ folder, place }) => (place === null ? [] : [[folder, place] as const])));
    this.#paused = paused;
    if (!this.isDisposed) this.#changed.fire();
    await vscode.commands.executeCommand('setContext', 'sfpLab.queuePaused', paused !== null);
  }

  /** Runs that wait are nobody's after a restart of the machine; whoever comes first lets them go on. */
  async #goOn(): Promise<void> {
    try {
      await this.list.ready;
      await this.refresh();
      const { readQueue } = await import('../../scheduling/queue/queueFile');
      const { runs } = await readQueue(queueFolder());
      const [first] = runs;
      if (first === undefined || !vscode.workspace.isTrusted) return;
      const { ensureQueueProcess, queueProcess } = await import('../../scheduling/queue/enqueue');
      if ((await queueProcess(queueFolder())) !== null) return;
      const node = await trainingNode(vscode.Uri.file(first.folder));
      const pid = await ensureQueueProcess(queueStart(node, this.extension));
      this.log.info(`The queue had runs and no process; process ${pid} goes on with it.`);
    } catch (error) {
      this.log.warn(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Changes when the file does. */
async function markAt(file: string): Promise<string> {
  return stat(file).then(
    (found) => markOf(found).text,
    () => 'missing',
  );
}
