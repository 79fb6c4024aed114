import * as vscode from 'vscode';
import { runStates, submittedRuns } from '../../scheduling/slurm/runStates';
import { stateInWords } from '../../scheduling/slurm/taskWords';
import { Disposable } from '../disposable';
import type { RunList } from './runList';

/** A cluster's controller serves everybody, so it is asked rarely. */
const askMilliseconds = 30_000;

/** What Slurm says of the runs that were handed to it and are not over; it is asked only in a workspace that is trusted. */
export class SlurmStates extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  #words: ReadonlyMap<string, string> = new Map();
  #isAsking = false;

  constructor(
    private readonly list: Pick<RunList, 'runs'>,
    private readonly log: Pick<vscode.LogOutputChannel, 'warn'>,
  ) {
    super();
    const timer = setInterval(() => void this.ask(), askMilliseconds);
    this.own({
      dispose: () => {
        clearInterval(timer);
      },
    });
  }

  /** In words, of the run in this folder; null where there is nothing to say. */
  of(folder: string): string | null {
    return this.#words.get(folder) ?? null;
  }

  /** Asks Slurm now, unless it is being asked. */
  async ask(): Promise<void> {
    if (this.#isAsking || !vscode.workspace.isTrusted) return;
    this.#isAsking = true;
    try {
      await this.#ask();
    } finally {
      this.#isAsking = false;
    }
  }

  async #ask(): Promise<void> {
    const submitted = await submittedRuns(
      this.list.runs.filter(({ status }) => status !== 'finished' && status !== 'failed'),
    );
    const { states, problem } = await runStates(submitted);
    if (problem !== null) this.log.warn(problem);
    const words = new Map<string, string>();
    for (const [folder, state] of states) if (state !== null) words.set(folder, `Slurm: ${stateInWords(state)}`);
    const isSame =
      words.size === this.#words.size && [...words].every(([folder, text]) => this.#words.get(folder) === text);
    this.#words = words;
    if (!isSame && !this.isDisposed) this.#changed.fire();
  }
}
