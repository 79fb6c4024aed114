import * as vscode from 'vscode';
import type { RevealMessage } from '../../protocol/messages';
import type { SelectedRun } from '../runs/selectedRun';
import type { PageContext } from './runsPage';
import { SelectedRunView } from './selectedRunView';

/** The Layers view in the side bar: the filters of the selected run. */
export class LayersView extends SelectedRunView {
  /** What the user wants to see, until there is a page that can show it. */
  #wanted: RevealMessage | null = null;

  constructor(context: PageContext, selected: SelectedRun) {
    super('layers', context, selected);
  }

  /** Opens the view, if it is not open, and goes to a layer of a run, which is selected then. */
  async reveal(runId: string, layer: string): Promise<void> {
    this.selected.choose(runId);
    this.#wanted = { type: 'reveal', id: runId, layer };
    await vscode.commands.executeCommand('sfpLab.layers.focus');
    await this.#say();
  }

  protected override onSent(): void {
    super.onSent();
    void this.#say();
  }

  async #say(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === null) return;
    this.#wanted = null;
    // A newer wish may have come meanwhile.
    if (!(await this.page?.say(wanted))) this.#wanted ??= wanted;
  }
}
