import * as vscode from 'vscode';
import { Disposable } from '../disposable';
import { isActive, type ListedRun, type RunList } from './runList';

/** The run that the views of the side bar are about: the one chosen last, else one that is active, else the newest. */
export class SelectedRun extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  #chosen: string | null = null;
  #told: string | undefined;

  constructor(private readonly list: RunList) {
    super();
    this.own(list.onDidChange(() => this.#tell()));
  }

  get run(): ListedRun | undefined {
    const chosen = this.#chosen === null ? undefined : this.list.find(this.#chosen);
    return chosen ?? this.list.runs.findLast(isActive) ?? this.list.runs[0];
  }

  choose(id: string): void {
    this.#chosen = id;
    this.#tell();
  }

  #tell(): void {
    const id = this.run?.id;
    if (id === this.#told) return;
    this.#told = id;
    this.#changed.fire();
  }
}
