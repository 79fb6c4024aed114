import * as vscode from 'vscode';
import { Disposable } from '../disposable';
import type { SelectedRun } from '../runs/selectedRun';
import { RunsPage, type Making, type PageContext } from './runsPage';

/** While this is set in VS Code's context the view is not there (`when` in package.json). */
const awayKey = 'sfpLab.layersAway';

/** The Layers view in the side bar: the filters of the selected run. */
export class LayersView extends Disposable implements vscode.WebviewViewProvider {
  /** Tries to load the page in the webviews before the one that VS Code makes next. */
  #triesBefore = 0;

  constructor(
    private readonly context: PageContext,
    private readonly selected: SelectedRun,
  ) {
    super();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const making: Making = {
      triesBefore: this.#triesBefore,
      kept: null,
      makeAnew: (tries) => void this.#makeAnew(tries),
    };
    const page = new RunsPage('layers', view.webview, this.context, making);
    this.#triesBefore = 0;
    const show = (): void => {
      const run = this.selected.run;
      page.show(run ? [run.id] : []);
      view.description = run?.name ?? '';
    };
    const subscriptions = [
      this.selected.onDidChange(show),
      view.onDidChangeVisibility(() => {
        page.visibilityChanged(view.visible);
      }),
      page,
    ];
    view.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
    });
    void this.context.list.ready.then(show);
  }

  /** VS Code makes the webview of a view once; it makes another one when the view has been away. */
  async #makeAnew(triesBefore: number): Promise<void> {
    this.#triesBefore = triesBefore;
    const { executeCommand } = vscode.commands;
    await executeCommand('setContext', awayKey, true);
    await executeCommand('setContext', awayKey, false);
    await executeCommand('sfpLab.layers.focus', { preserveFocus: true });
  }
}
