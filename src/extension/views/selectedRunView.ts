import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import type { NetworkMessage } from '../../protocol/messages';
import { runNetwork } from '../../runs/folder/runNetwork';
import { Disposable } from '../disposable';
import type { SelectedRun } from '../runs/selectedRun';
import { RunsPage, type Making, type PageContext } from './runsPage';

/**
 * A view in the side bar with a page that shows the selected run and is told its network, after the run. In package.json it is
 * `sfpLab.` and the name of its page.
 */
export class SelectedRunView extends Disposable implements vscode.WebviewViewProvider {
  /** Tries to load the page in the webviews before the one that VS Code makes next. */
  #triesBefore = 0;
  #shown: RunsPage | null = null;

  constructor(
    private readonly name: 'layers' | 'network',
    private readonly context: PageContext,
    protected readonly selected: SelectedRun,
  ) {
    super();
  }

  /** Null while VS Code has no webview of this view. */
  protected get page(): RunsPage | null {
    return this.#shown;
  }

  /** Called when the page has got the whole state of its run. */
  protected onSent(): void {
    for (const id of this.page?.ids ?? []) void this.#tellNetwork(id);
  }

  /** A network does not change in the life of a run. */
  async #tellNetwork(id: string): Promise<void> {
    const network = await this.#networkOf(id);
    if (network) await this.page?.say({ type: 'network', id, network });
  }

  async #networkOf(id: string): Promise<NetworkMessage['network'] | null> {
    const run = this.context.list.find(id);
    const history = this.context.followed.historyOf(id);
    if (!run || !history) return null;
    try {
      const { graph } = await runNetwork(run.folder, history.manifest);
      return { graph };
    } catch (error) {
      if (!(error instanceof UserError)) this.context.log.error(error instanceof Error ? error : String(error));
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const making: Making = {
      triesBefore: this.#triesBefore,
      kept: null,
      makeAnew: (tries) => void this.#makeAnew(tries),
    };
    const page = new RunsPage(this.name, view.webview, this.context, making);
    this.#shown = page;
    this.#triesBefore = 0;
    const show = (): void => {
      const run = this.selected.run;
      page.show(run ? [run.id] : []);
      view.description = run?.name ?? '';
    };
    const subscriptions = [
      page.onDidSend(() => {
        this.onSent();
      }),
      this.selected.onDidChange(show),
      view.onDidChangeVisibility(() => {
        page.visibilityChanged(view.visible);
      }),
      page,
    ];
    view.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      if (this.#shown === page) this.#shown = null;
    });
    void this.context.list.ready.then(show);
  }

  /**
   * VS Code makes the webview of a view once; it makes another one when the view has been away, which it is while its key is set
   * in VS Code's context (`when` in package.json).
   */
  async #makeAnew(triesBefore: number): Promise<void> {
    this.#triesBefore = triesBefore;
    const { executeCommand } = vscode.commands;
    const view = `sfpLab.${this.name}`;
    await executeCommand('setContext', `${view}Away`, true);
    await executeCommand('setContext', `${view}Away`, false);
    await executeCommand(`${view}.focus`, { preserveFocus: true });
  }
}
