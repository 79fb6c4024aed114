import { setImmediate, setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import {
  webviewMessageSchema,
  type HostMessage,
  type RemarkMessage,
  type UnreadableRun,
  type WebviewMessage,
} from '../../protocol/messages';
import { packed } from '../../protocol/packed/packedMessage';
import type { RunHistory } from '../../runs/model/history';
import { Disposable } from '../disposable';
import { showMessage } from '../messages';
import type { Advance, FollowedRuns } from '../runs/followedRuns';
import type { RunList } from '../runs/runList';
import { LoadWatch, triesAtMost, type Late } from './loadWatch';
import { olderRecordsOf, withoutOlderRecords } from './olderRecords';
import { pageHtml, pageOptions, readPage, type BuiltPage, type PageName } from './webviewPage';

/** What all pages need. */
export interface PageContext {
  readonly extension: vscode.Uri;
  readonly list: RunList;
  readonly followed: FollowedRuns;
  readonly log: vscode.LogOutputChannel;
}

/** How a page came to be in its webview. */
export interface Making {
  /** Tries to load the page that were made in other webviews. */
  readonly triesBefore: number;
  /** What the page had kept in the webview before this one, as JSON; null if this one is the page's first. */
  readonly kept: string | null;
  /** Puts a new webview in the place of this one, after so many tries. */
  readonly makeAnew: (triesBefore: number) => void;
}

/** What is older waits so long, in milliseconds, that the page can draw what is on the screen first. */
const drawingTime = 200;

/**
 * A page in a webview, and the runs it shows. It says `ready`, gets all of them, later what they gain, and nothing while it is
 * hidden: a hidden page is thrown away and says `ready` again.
 */
export class RunsPage extends Disposable {
  /** null until `show` has been called: what is not known yet must not look like nothing. */
  #ids: readonly string[] | null = null;
  readonly #sentRuns = this.own(new vscode.EventEmitter<void>());
  /** The page has been sent the whole state of its runs: what is said of them has to be said again. */
  readonly onDidSend = this.#sentRuns.event;
  #follows = new Map<string, vscode.Disposable>();
  /** The runs that the page has, for which deltas suffice; null while it has not got the whole state. */
  #sent: ReadonlySet<string> | null = null;
  readonly #watch: LoadWatch;
  readonly #built: BuiltPage;
  /** Whether the document says that it is not the first try. */
  #hasNotice = false;

  /** @throws {Error} of the file system when the extension is not whole. */
  constructor(
    private readonly page: PageName,
    private readonly webview: vscode.Webview,
    private readonly context: PageContext,
    private readonly making: Making,
  ) {
    super();
    this.#built = readPage(page, context.extension);
    this.#watch = this.own(
      new LoadWatch((late) => {
        this.#mend(late);
      }, making.triesBefore),
    );
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
    webview.options = pageOptions;
    this.#load();
  }

  /** The runs that are shown; null before `show` has been called. */
  get ids(): readonly string[] | null {
    return this.#ids;
  }

  /** Shows these runs, in this order; those that are not in the list are left out. */
  show(ids: readonly string[]): void {
    const known = ids.filter((id) => this.context.list.find(id));
    if (known.join() === this.#ids?.join() && this.#sent) return;
    this.#ids = known;
    this.#follow(known);
    this.#sent = null;
    this.#hydrate();
  }

  /** Says something of a run that the page has; returns whether it could be said. */
  async say(remark: RemarkMessage): Promise<boolean> {
    return (this.#sent?.has(remark.id) ?? false) && (await this.#post(remark));
  }

  /** To be told whether the page is visible. A hidden page is gone; VS Code loads its document anew when it appears. */
  visibilityChanged(isVisible: boolean): void {
    this.#watch.visibilityChanged(isVisible);
    if (isVisible) return;
    this.#sent = null;
    // What is loaded when the page appears again is a first try.
    if (this.#hasNotice) this.#load();
  }

  override dispose(): void {
    for (const follow of this.#follows.values()) follow.dispose();
    super.dispose();
  }

  #load(): void {
    const load = this.#watch.begin();
    const { kept } = this.making;
    const notice = retryNotice(this.#watch.tryNumber);
    this.#hasNotice = notice !== null;
    this.webview.html = pageHtml(this.#built, { load, kept, notice });
  }

  #mend({ number, within, remedy }: Late): void {
    const late = `The page ${this.page} has not loaded within ${within} ms (try ${number} of ${triesAtMost})`;
    switch (remedy) {
      case 'load again':
        this.context.log.warn(`${late} and is loaded again`);
        this.#load();
        break;
      case 'make anew':
        this.context.log.warn(`${late} and is made anew`);
        this.making.makeAnew(number);
        break;
      case 'give up':
        this.context.log.error(`${late} and stays empty`);
        this.#tellEmpty();
        break;
    }
  }

  #tellEmpty(): void {
    const sentence = vscode.l10n.t(
      '{0} has stayed empty in {1} tries: reload the window to start it afresh. Runs that train go on meanwhile.',
      titleOf(this.page),
      triesAtMost,
    );
    const reload = (): unknown => vscode.commands.executeCommand('workbench.action.reloadWindow');
    const tryAgain = (): void => {
      if (!this.isDisposed) this.making.makeAnew(0);
    };
    void showMessage('warning', sentence, [
      { title: vscode.l10n.t('Try again'), act: tryAgain },
      { title: vscode.l10n.t('Reload window'), act: reload },
    ]);
  }

  #receive(message: unknown): void {
    const { success, data, error } = webviewMessageSchema.safeParse(message);
    if (!success) {
      this.context.log.warn(`A view sent something unknown: ${error.message}`);
      return;
    }
    if (data.type === 'ready') {
      if (!this.#watch.ready(data.load)) return;
      this.#sent = null;
      this.#hydrate();
    } else void execute(data);
  }

  #follow(ids: readonly string[]): void {
    const before = this.#follows;
    this.#follows = new Map(
      ids.flatMap((id) => {
        const run = this.context.list.find(id);
        return run ? [[id, this.context.followed.follow(run)]] : [];
      }),
    );
    // Let go of the old ones last, so that what stays is not read anew.
    for (const follow of before.values()) follow.dispose();
  }

  /** Sends the whole state once every run has been read; runs that cannot be read are not waited for. */
  #hydrate(): void {
    if (!this.#watch.isReady || this.#ids === null) return;
    const runs: RunHistory[] = [];
    const unreadable: UnreadableRun[] = [];
    for (const id of this.#ids) {
      const history = this.context.followed.historyOf(id);
      const problem = this.context.followed.problemOf(id);
      if (history) runs.push(history);
      else if (problem !== null) unreadable.push({ id, name: this.context.list.find(id)?.name ?? id, problem });
      else return;
    }
    const sent = new Set(runs.map(({ manifest }) => manifest.id));
    this.#sent = sent;
    const message = withoutOlderRecords(runs);
    void this.#post(unreadable.length > 0 ? { ...message, unreadable } : message);
    void this.#postOlder(runs, sent);
    this.#sentRuns.fire();
  }

  /** What is not on the screen at first follows piece by piece, as fast as it arrives, and until the page gets everything anew. */
  async #postOlder(runs: readonly RunHistory[], sent: ReadonlySet<string>): Promise<void> {
    await setTimeout(drawingTime);
    for (const message of olderRecordsOf(runs)) {
      await setImmediate();
      if (this.#sent !== sent || this.isDisposed) return;
      await this.#post(message);
    }
  }

  #pass({ id, delta }: Advance): void {
    if (!this.#follows.has(id)) return;
    const isKnown = this.#sent?.has(id) ?? false;
    if (isKnown && delta) void this.#post({ type: 'update', delta });
    // A run that could not be read until now joins the others.
    else if (delta || !this.#sent) this.#hydrate();
  }

  #dropDeleted(): void {
    if (this.#ids?.some((id) => !this.context.list.find(id))) this.show(this.#ids);
  }

  /** Settles when VS Code has taken it over; returns whether there was a page that it could be handed to. */
  async #post(message: HostMessage): Promise<boolean> {
    return this.webview.postMessage(packed(message));
  }
}

function titleOf(page: PageName): string {
  return {
    dashboard: vscode.l10n.t('The dashboard'),
    compare: vscode.l10n.t('The comparison'),
    layers: vscode.l10n.t('The view of the layers'),
    network: vscode.l10n.t('The view of the network'),
  }[page];
}

/** What a page that is loaded again shows until it is there, in place of nothing. */
function retryNotice(tryNumber: number): string | null {
  if (tryNumber === 1) return null;
  return vscode.l10n.t('This page has not loaded in time and is loaded again: try {0} of {1}.', tryNumber, triesAtMost);
}

type Asked = Exclude<WebviewMessage, { type: 'ready' }>;
type OfOneRun = Exclude<Asked['type'], 'compare' | 'report' | 'revealLayer' | 'startRun' | 'writeSuggestedRates'>;

/** Commands that are given a run and nothing else, by the message that asks for them. */
const commandsOfOneRun: Readonly<Record<OfOneRun, string>> = {
  stop: 'sfpLab.stopRun',
  resume: 'sfpLab.resumeRun',
  openConfig: 'sfpLab.openConfig',
  openLog: 'sfpLab.openLog',
  measureSensitivity: 'sfpLab.measureSensitivity',
  openDashboard: 'sfpLab.openDashboard',
  trainBaselines: 'sfpLab.trainBaselines',
  compact: 'sfpLab.compactRun',
  export: 'sfpLab.exportRun',
};

/** What a page asks for is what the user can ask for everywhere: a command. */
function execute(message: Asked): Thenable<unknown> {
  const { executeCommand } = vscode.commands;
  if (message.type === 'startRun') return executeCommand('sfpLab.startRun');
  if (message.type === 'revealLayer') return executeCommand('sfpLab.revealLayer', message.runId, message.layer);
  if (message.type === 'compare') return executeCommand('sfpLab.compareRuns', message.runIds);
  if (message.type === 'report') return executeCommand('sfpLab.reportRuns', message.runIds);
  if (message.type === 'writeSuggestedRates')
    return executeCommand('sfpLab.writeSuggestedRates', message.runId, message.drop);
  return executeCommand(commandsOfOneRun[message.type], message.runId);
}
