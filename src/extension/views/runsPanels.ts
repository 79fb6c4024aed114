import * as vscode from 'vscode';
import { keptStateSchema } from '../../protocol/messages';
import { Disposable } from '../disposable';
import type { RunList } from '../runs/runList';
import { RunsPage, type PageContext } from './runsPage';
import type { PageName } from './webviewPage';

/** A kind of editor tab that shows runs. */
export interface PanelKind {
  readonly viewType: 'sfpLab.dashboard' | 'sfpLab.compare';
  readonly page: PageName;
  /** Runs with the same key share a panel. */
  readonly keyOf: (ids: readonly string[], list: RunList) => string;
  readonly titleOf: (ids: readonly string[], list: RunList) => string;
  /** The runs that belong to those that were asked for, these included; it is asked again when runs come or go. */
  readonly complete?: (ids: readonly string[], list: RunList) => readonly string[];
}

/** A tab and its page; others take their places when its webview shows nothing. */
interface OpenPanel {
  panel: vscode.WebviewPanel;
  page: RunsPage;
}

/** The open tabs of one kind. They are restored after a reload from the run ids that their pages keep. */
export class RunsPanels extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #open = new Set<OpenPanel>();
  readonly #activated = this.own(new vscode.EventEmitter<readonly string[]>());
  /** A tab with these runs has come to the front. */
  readonly onDidActivate = this.#activated.event;

  constructor(
    private readonly kind: PanelKind,
    private readonly context: PageContext,
  ) {
    super();
    this.own(vscode.window.registerWebviewPanelSerializer(kind.viewType, this));
    this.own(
      context.list.onDidChange(() => {
        for (const opened of this.#open) if (opened.page.ids?.length) this.#show(opened, opened.page.ids);
      }),
    );
  }

  /** Shows the runs in the tab that is theirs, or in a new one in this column. */
  open(ids: readonly string[], column: vscode.ViewColumn): void {
    const { keyOf } = this.kind;
    // What opens beside the config leaves the cursor in it.
    const preserveFocus = column === vscode.ViewColumn.Beside;
    const key = keyOf(ids, this.context.list);
    const present = [...this.#open].find(({ page }) => keyOf(page.ids ?? [], this.context.list) === key);
    if (present) {
      this.#show(present, ids);
      present.panel.reveal(undefined, preserveFocus);
      return;
    }
    const place = { viewColumn: column, preserveFocus };
    const panel = vscode.window.createWebviewPanel(this.kind.viewType, '', place);
    this.#show(this.#fill(panel, null), ids);
  }

  /** Settles at once: VS Code begins to load the page only then, and its time runs already. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = keptStateSchema.safeParse(state);
    const opened = this.#fill(panel, kept.success ? JSON.stringify(kept.data) : null);
    void this.context.list.ready.then(() => {
      this.#show(opened, kept.success ? kept.data.runIds : []);
    });
    return Promise.resolve();
  }

  /** The tabs stay: VS Code restores them when the extension is back. */
  override dispose(): void {
    for (const { page } of this.#open) page.dispose();
    super.dispose();
  }

  /** `kept` is what the tab's page kept before a reload, as JSON. */
  #fill(panel: vscode.WebviewPanel, kept: string | null): OpenPanel {
    const pageIn = (webview: vscode.Webview, triesBefore: number): RunsPage =>
      new RunsPage(this.kind.page, webview, this.context, { triesBefore, kept, makeAnew });
    const makeAnew = (triesBefore: number): void => {
      const { panel: former, page } = opened;
      const place = { viewColumn: former.viewColumn ?? vscode.ViewColumn.Active, preserveFocus: true };
      opened.panel = vscode.window.createWebviewPanel(this.kind.viewType, former.title, place);
      opened.page = pageIn(opened.panel.webview, triesBefore);
      this.#attend(opened);
      if (page.ids) opened.page.show(page.ids);
      former.dispose();
    };
    const opened: OpenPanel = { panel, page: pageIn(panel.webview, 0) };
    this.#open.add(opened);
    this.#attend(opened);
    return opened;
  }

  /** Follows what happens to the tab that is open now. */
  #attend(opened: OpenPanel): void {
    const { panel, page } = opened;
    panel.onDidDispose(() => {
      page.dispose();
      if (opened.panel === panel) this.#open.delete(opened);
    });
    panel.onDidChangeViewState(() => {
      page.visibilityChanged(panel.visible);
      if (panel.active) this.#activated.fire(page.ids ?? []);
    });
    panel.iconPath = tabIcon(this.kind.page, this.context.extension);
  }

  #show(opened: OpenPanel, ids: readonly string[]): void {
    // The user may have closed it meanwhile.
    if (!this.#open.has(opened)) return;
    const { panel, page } = opened;
    page.show(this.kind.complete?.(ids, this.context.list) ?? ids);
    panel.title = this.kind.titleOf(page.ids ?? [], this.context.list);
  }
}

function tabIcon(page: PageName, extension: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string) => vscode.Uri.joinPath(extension, 'media', 'tabs', `${page}-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}
