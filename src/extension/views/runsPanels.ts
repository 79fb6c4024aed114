import * as vscode from 'vscode';
import { keptStateSchema } from '../../protocol/messages';
import { Disposable } from '../disposable';
import type { FollowedRuns } from '../runs/followedRuns';
import type { RunList } from '../runs/runList';
import { ShownRuns } from './shownRuns';
import { pageHtml, pageOptions, type PageName } from './webviewPage';

/** What all panels and views need. */
export interface ViewContext {
  readonly extension: vscode.Uri;
  readonly list: RunList;
  readonly followed: FollowedRuns;
  readonly log: vscode.LogOutputChannel;
}

/** A kind of editor tab that shows runs. */
export interface PanelKind {
  readonly viewType: 'sfpLab.dashboard' | 'sfpLab.compare';
  readonly page: PageName;
  /** Runs with the same key share a panel. */
  readonly keyOf: (ids: readonly string[], list: RunList) => string;
  readonly titleOf: (ids: readonly string[], list: RunList) => string;
}

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly shown: ShownRuns;
}

/** The open tabs of one kind. They are restored after a reload from the run ids that their pages keep. */
export class RunsPanels extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #open = new Set<OpenPanel>();
  readonly #activated = this.own(new vscode.EventEmitter<readonly string[]>());
  /** A tab with these runs has come to the front. */
  readonly onDidActivate = this.#activated.event;

  constructor(
    private readonly kind: PanelKind,
    private readonly context: ViewContext,
  ) {
    super();
    this.own(vscode.window.registerWebviewPanelSerializer(kind.viewType, this));
  }

  /** Shows the runs in the tab that is theirs, or in a new one in this column. */
  open(ids: readonly string[], column: vscode.ViewColumn): void {
    const { keyOf } = this.kind;
    const key = keyOf(ids, this.context.list);
    const present = [...this.#open].find(({ shown }) => keyOf(shown.ids, this.context.list) === key);
    if (present) {
      this.#show(present, ids);
      present.panel.reveal(undefined, true);
      return;
    }
    const place = { viewColumn: column, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(this.kind.viewType, '', place);
    this.#show(this.#fill(panel), ids);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const opened = this.#fill(panel);
    const kept = keptStateSchema.safeParse(state);
    await this.context.list.ready;
    this.#show(opened, kept.success ? kept.data.runIds : []);
  }

  override dispose(): void {
    for (const { panel } of this.#open) panel.dispose();
    super.dispose();
  }

  #fill(panel: vscode.WebviewPanel): OpenPanel {
    const { extension, list, followed, log } = this.context;
    const opened = { panel, shown: new ShownRuns(panel.webview, list, followed, log) };
    this.#open.add(opened);
    panel.onDidDispose(() => {
      this.#open.delete(opened);
      opened.shown.dispose();
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) opened.shown.hidden();
      if (panel.active) this.#activated.fire(opened.shown.ids);
    });
    panel.iconPath = tabIcon(this.kind.page, extension);
    panel.webview.options = pageOptions(extension);
    panel.webview.html = pageHtml(this.kind.page, panel.webview, extension);
    return opened;
  }

  #show({ panel, shown }: OpenPanel, ids: readonly string[]): void {
    shown.show(ids);
    panel.title = this.kind.titleOf(shown.ids, this.context.list);
  }
}

function tabIcon(page: PageName, extension: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string) => vscode.Uri.joinPath(extension, 'media', 'tabs', `${page}-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}
