import type * as vscode from 'vscode';
import { Disposable } from '../disposable';
import type { SelectedRun } from '../runs/selectedRun';
import { RunsPage, type PageContext } from './runsPage';

/** The Layers view in the side bar: the filters of the selected run. */
export class LayersView extends Disposable implements vscode.WebviewViewProvider {
  constructor(
    private readonly context: PageContext,
    private readonly selected: SelectedRun,
  ) {
    super();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const page = new RunsPage('layers', view.webview, this.context);
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
}
