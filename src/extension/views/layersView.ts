import type * as vscode from 'vscode';
import { Disposable } from '../disposable';
import type { SelectedRun } from '../runs/selectedRun';
import type { ViewContext } from './runsPanels';
import { ShownRuns } from './shownRuns';
import { pageHtml, pageOptions } from './webviewPage';

/** The Layers view in the side bar: the filters of the selected run. */
export class LayersView extends Disposable implements vscode.WebviewViewProvider {
  constructor(
    private readonly context: ViewContext,
    private readonly selected: SelectedRun,
  ) {
    super();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extension, list, followed, log } = this.context;
    const shown = new ShownRuns(view.webview, list, followed, log);
    const show = (): void => {
      const run = this.selected.run;
      shown.show(run ? [run.id] : []);
      view.description = run?.name ?? '';
    };
    const subscriptions = [
      this.selected.onDidChange(show),
      view.onDidChangeVisibility(() => {
        if (!view.visible) shown.hidden();
      }),
      shown,
    ];
    view.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
    });
    view.webview.options = pageOptions(extension);
    view.webview.html = pageHtml('layers', view.webview, extension);
    void list.ready.then(show);
  }
}
