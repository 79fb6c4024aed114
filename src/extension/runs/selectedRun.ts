import * as vscode from 'vscode';
import { Disposable } from '../disposable';
import { isActive, type ListedRun, type RunList } from './runList';

/** The run that the Layers view shows: the one chosen last, else the one that is training, else the newest. */
export class SelectedRun extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  #chosen: string | null = null;
  #told: string | undefined;

  constructor(private readonly list: RunList) {
    super();
    this.own(
      list.onDidChange(() => {
        this.#tell();
      }),
    );
  }

  get run(): ListedRun | undefined {
    const { runs } = this.list;
    const chosen = this.#chosen === null ? undefined : this.list.find(this.#chosen);
    return chosen ?? runs.find(({ status }) => status === 'running') ?? runs.findLast(isActive) ?? runs[0];
  }

  choose(id: string): void {
    this.#chosen = id;
    this.#tell();
  }

  /** Chooses the first of these runs unless one of them is selected already. */
  chooseAmong(ids: readonly string[]): void {
    const [first] = ids;
    if (first !== undefined && !ids.includes(this.run?.id ?? '')) this.choose(first);
  }

  /** Selects whichever run is training, until the user chooses another one. */
  followTraining(): void {
    this.#chosen = null;
    this.#tell();
  }

  #tell(): void {
    const id = this.run?.id;
    if (id === this.#told) return;
    this.#told = id;
    this.#changed.fire();
  }
}
