import * as vscode from 'vscode';
import { webviewMessageSchema, type HostMessage, type WebviewMessage } from '../../protocol/messages';
import type { RunHistory } from '../../runs/history';
import { Disposable } from '../disposable';
import type { Advance, FollowedRuns } from '../runs/followedRuns';
import type { RunList } from '../runs/runList';

/**
 * The runs that one webview shows. A page that says `ready` gets all of them, later what they gain, and nothing while it is
 * hidden: a hidden page is thrown away and says `ready` again.
 */
export class ShownRuns extends Disposable {
  #ids: readonly string[] = [];
  #follows = new Map<string, vscode.Disposable>();
  /** Runs that cannot be read are not waited for. */
  readonly #unreadable = new Set<string>();
  #isReady = false;
  /** Whether the page knows the whole state and deltas suffice. */
  #isHydrated = false;

  constructor(
    private readonly webview: vscode.Webview,
    private readonly list: RunList,
    private readonly followed: FollowedRuns,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.own(
      webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message);
      }),
    );
    this.own(
      followed.onDidAdvance((advance) => {
        this.#pass(advance);
      }),
    );
    this.own(
      list.onDidChange(() => {
        this.#dropDeleted();
      }),
    );
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Shows these runs, in this order; those that are not in the list are left out. */
  show(ids: readonly string[]): void {
    const known = ids.filter((id) => this.list.find(id));
    if (known.join() === this.#ids.join() && this.#isHydrated) return;
    this.#ids = known;
    this.#follow();
    this.#isHydrated = false;
    this.#hydrate();
  }

  /** The page is gone, and says `ready` when it is there again. */
  hidden(): void {
    this.#isReady = false;
    this.#isHydrated = false;
  }

  override dispose(): void {
    for (const follow of this.#follows.values()) follow.dispose();
    super.dispose();
  }

  #receive(message: unknown): void {
    const { success, data, error } = webviewMessageSchema.safeParse(message);
    if (!success) {
      this.log.warn(`A view sent something unknown: ${error.message}`);
      return;
    }
    if (data.type === 'ready') {
      this.#isReady = true;
      this.#isHydrated = false;
      this.#hydrate();
    } else void execute(data);
  }

  #follow(): void {
    const before = this.#follows;
    this.#follows = new Map(
      this.#ids.flatMap((id) => {
        const run = this.list.find(id);
        return run ? [[id, this.followed.follow(run)]] : [];
      }),
    );
    // Let go of the old ones last, so that what stays is not read anew.
    for (const follow of before.values()) follow.dispose();
    this.#unreadable.clear();
  }

  /** Sends the whole state once every run has been read. */
  #hydrate(): void {
    if (!this.#isReady) return;
    const runs: RunHistory[] = [];
    for (const id of this.#ids) {
      const history = this.followed.historyOf(id);
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
    if (this.#ids.some((id) => !this.list.find(id))) this.show(this.#ids);
  }

  #post(message: HostMessage): void {
    void this.webview.postMessage(message);
  }
}

/** What a page asks for is what the user can ask for everywhere: a command. */
function execute(message: Exclude<WebviewMessage, { type: 'ready' }>): Thenable<unknown> {
  const { executeCommand } = vscode.commands;
  switch (message.type) {
    case 'stop':
      return executeCommand('sfpLab.stopRun', message.runId);
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
