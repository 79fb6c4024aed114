import * as vscode from 'vscode';
import { webviewMessageSchema, type HostMessage, type WebviewMessage } from '../../protocol/messages';
import type { RunHistory } from '../../runs/model/history';
import { Disposable } from '../disposable';
import type { Advance, FollowedRuns } from '../runs/followedRuns';
import type { RunList } from '../runs/runList';
import { inOneBuffer } from './oneBuffer';
import { pageHtml, pageOptions, type PageName } from './webviewPage';

/** What all pages need. */
export interface PageContext {
  readonly extension: vscode.Uri;
  readonly list: RunList;
  readonly followed: FollowedRuns;
  readonly log: vscode.LogOutputChannel;
}

/** How long a page may take to say `ready`, in milliseconds; then it is loaded again, and has longer. */
const readyWithin = [4000, 8000, 16_000, 32_000];

/**
 * A page in a webview, and the runs it shows. It says `ready`, gets all of them, later what they gain, and nothing while it is
 * hidden: a hidden page is thrown away and says `ready` again.
 */
export class RunsPage extends Disposable {
  /** null until `show` has been called: what is not known yet must not look like nothing. */
  #ids: readonly string[] | null = null;
  #follows = new Map<string, vscode.Disposable>();
  /** Runs that cannot be read are not waited for. */
  readonly #unreadable = new Set<string>();
  #isReady = false;
  /** Whether the page knows the whole state and deltas suffice. */
  #isHydrated = false;
  #loads = 0;
  #patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly page: PageName,
    private readonly webview: vscode.Webview,
    private readonly context: PageContext,
  ) {
    super();
    this.own(
      webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message);
      }),
    );
    this.own(
      context.followed.onDidAdvance((advance) => {
        this.#pass(advance);
      }),
    );
    this.own(
      context.list.onDidChange(() => {
        this.#dropDeleted();
      }),
    );
    webview.options = pageOptions(context.extension);
    this.#load();
  }

  get ids(): readonly string[] {
    return this.#ids ?? [];
  }

  /** Shows these runs, in this order; those that are not in the list are left out. */
  show(ids: readonly string[]): void {
    const known = ids.filter((id) => this.context.list.find(id));
    if (known.join() === this.#ids?.join() && this.#isHydrated) return;
    this.#ids = known;
    this.#follow();
    this.#isHydrated = false;
    this.#hydrate();
  }

  /** To be told when the page appears or disappears. A hidden page is gone; VS Code loads it anew when it appears. */
  visibilityChanged(isVisible: boolean): void {
    if (isVisible && !this.#isReady) this.#expectReady();
    if (isVisible) return;
    clearTimeout(this.#patience);
    this.#isReady = false;
    this.#isHydrated = false;
    this.#loads = 0;
  }

  override dispose(): void {
    clearTimeout(this.#patience);
    for (const follow of this.#follows.values()) follow.dispose();
    super.dispose();
  }

  #load(): void {
    this.webview.html = pageHtml(this.page, this.webview, this.context.extension);
    this.#expectReady();
  }

  /** In a browser it happens that several pages that load at once get in each other's way and one of them stays empty. */
  #expectReady(): void {
    clearTimeout(this.#patience);
    const patience = readyWithin[this.#loads];
    if (patience === undefined) return;
    this.#loads += 1;
    this.#patience = setTimeout(() => {
      this.context.log.info(`The page ${this.page} has not loaded within ${patience} ms and is loaded again`);
      this.#load();
    }, patience);
  }

  #receive(message: unknown): void {
    const { success, data, error } = webviewMessageSchema.safeParse(message);
    if (!success) {
      this.context.log.warn(`A view sent something unknown: ${error.message}`);
      return;
    }
    if (data.type === 'ready') {
      clearTimeout(this.#patience);
      this.#loads = 0;
      this.#isReady = true;
      this.#isHydrated = false;
      this.#hydrate();
    } else void execute(data);
  }

  #follow(): void {
    const before = this.#follows;
    this.#follows = new Map(
      this.ids.flatMap((id) => {
        const run = this.context.list.find(id);
        return run ? [[id, this.context.followed.follow(run)]] : [];
      }),
    );
    // Let go of the old ones last, so that what stays is not read anew.
    for (const follow of before.values()) follow.dispose();
    this.#unreadable.clear();
  }

  /** Sends the whole state once every run has been read. */
  #hydrate(): void {
    if (!this.#isReady || this.#ids === null) return;
    const runs: RunHistory[] = [];
    for (const id of this.#ids) {
      const history = this.context.followed.historyOf(id);
      if (history) runs.push(history);
      else if (!this.#unreadable.has(id)) return;
    }
    this.#isHydrated = true;
    this.#post({ type: 'runs', runs });
  }

  #pass({ id, delta }: Advance): void {
    if (!this.#follows.has(id)) return;
    if (!delta) this.#unreadable.add(id);
    if (!this.#isHydrated) this.#hydrate();
    else if (delta) this.#post({ type: 'update', delta });
  }

  #dropDeleted(): void {
    if (this.ids.some((id) => !this.context.list.find(id))) this.show(this.ids);
  }

  #post(message: HostMessage): void {
    void this.webview.postMessage(inOneBuffer(message));
  }
}

/** What a page asks for is what the user can ask for everywhere: a command. */
function execute(message: Exclude<WebviewMessage, { type: 'ready' }>): Thenable<unknown> {
  const { executeCommand } = vscode.commands;
  switch (message.type) {
    case 'stop':
      return executeCommand('sfpLab.stopRun', message.runId);
    case 'resume':
      return executeCommand('sfpLab.resumeRun', message.runId);
    case 'openConfig':
      return executeCommand('sfpLab.openConfig', message.runId);
    case 'openLog':
      return executeCommand('sfpLab.openLog', message.runId);
    case 'openDashboard':
      return executeCommand('sfpLab.openDashboard', message.runId);
    case 'compare':
      return executeCommand('sfpLab.compareRuns', message.runIds);
    case 'startRun':
      return executeCommand('sfpLab.startRun');
  }
}
