import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { RunsPage, type PageContext } from '../../../../src/extension/views/runsPage';
import type { HostMessage, WebviewMessage } from '../../../../src/protocol/messages';
import { unpacked, type PackedMessage } from '../../../../src/protocol/packed/packedMessage';
import type { RunDelta, RunHistory } from '../../../../src/runs/model/history';
import { useBuiltPages } from '../../../fixtures/builtPages';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const window = vi.hoisted(() => ({ warnings: [] as { sentence: string; choose: (title: string) => void }[] }));
const files = useBuiltPages();
const executed = vi.hoisted(() => [] as string[]);
vi.mock('vscode', async () => ({
  EventEmitter: (await import('../../../fixtures/fakePanels')).EventEmitter,
  Disposable: class {
    constructor(readonly dispose: () => void) {}
  },
  Uri: { joinPath: (base: string, ...parts: string[]) => ({ fsPath: [base, ...parts].join('/') }) },
  env: { language: 'en' },
  l10n: {
    t: (text: string, ...values: unknown[]) =>
      text.replaceAll(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
  },
  window: {
    showWarningMessage: (sentence: string) =>
      new Promise<string>((choose) => {
        window.warnings.push({ sentence, choose });
      }),
    showInformationMessage: () => Promise.resolve(undefined),
    showErrorMessage: () => Promise.resolve(undefined),
  },
  commands: {
    executeCommand: (...called: string[]) => {
      executed.push(called.join(' '));
      return Promise.resolve();
    },
  },
}));

/** A webview as the page's host sees it: documents go in, messages go out and in. */
class FakeWebview {
  readonly documents: string[] = [];
  readonly posted: HostMessage[] = [];
  readonly options = {};
  #listener: (message: WebviewMessage) => void = () => undefined;

  set html(document: string) {
    this.documents.push(document);
  }

  get load(): number {
    return Number(/data-load="(\d+)"/.exec(this.documents.at(-1) ?? '')?.[1]);
  }

  onDidReceiveMessage(listener: (message: WebviewMessage) => void): { dispose: () => void } {
    this.#listener = listener;
    return { dispose: () => undefined };
  }

  /** Settles when VS Code has taken a message over. */
  carried = (): Promise<void> => Promise.resolve();

  async postMessage(message: PackedMessage): Promise<boolean> {
    this.posted.push(unpacked(message));
    await this.carried();
    return true;
  }

  say(message: WebviewMessage): void {
    this.#listener(message);
  }
}

/** The runs of a workspace, read and followed, without a disk. */
class FakeRuns {
  readonly logged: string[] = [];
  readonly histories = new Map<string, RunHistory>();
  /** Why runs cannot be read, by their ids. */
  readonly problems = new Map<string, string>();
  #advanced: (advance: { id: string; delta: RunDelta | null }) => void = () => undefined;

  constructor(private readonly ids: readonly string[]) {}

  get context(): PageContext {
    const nothing = { dispose: () => undefined };
    const log = (line: string): void => {
      this.logged.push(line);
    };
    return {
      extension: files.extension,
      list: {
        find: (id: string) => (this.ids.includes(id) ? { id, folder: id, name: `name of ${id}` } : undefined),
        onDidChange: () => nothing,
      },
      followed: {
        follow: () => nothing,
        historyOf: (id: string) => this.histories.get(id) ?? null,
        problemOf: (id: string) => this.problems.get(id) ?? null,
        onDidAdvance: (listener: (advance: { id: string; delta: RunDelta | null }) => void) => {
          this.#advanced = listener;
          return nothing;
        },
      },
      log: { info: log, warn: log, error: log },
    } as unknown as PageContext;
  }

  advance(id: string, delta: RunDelta | null): void {
    this.#advanced({ id, delta });
  }
}

const run = plausibleRun({ epochs: 3 });
const { id } = run.history.manifest;
let webview: FakeWebview;
let runs: FakeRuns;
let madeAnew: number[];
beforeEach(() => {
  vi.useFakeTimers();
  webview = new FakeWebview();
  runs = new FakeRuns([id, 'other']);
  runs.histories.set(id, run.history);
  madeAnew = [];
  window.warnings.length = 0;
  executed.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function open(triesBefore = 0): RunsPage {
  const makeAnew = (tries: number): void => {
    madeAnew.push(tries);
  };
  const making = { triesBefore, kept: null, makeAnew };
  return new RunsPage('dashboard', webview as unknown as vscode.Webview, runs.context, making);
}
/** Timers are not real here, but turns of the event loop are. */
const nextTurn = (): Promise<void> => setImmediate();
const shown = (): string[][] =>
  webview.posted.flatMap((message) =>
    message.type === 'runs' ? [message.runs.map(({ manifest }) => manifest.id)] : [],
  );

describe('a page that does not say ready', () => {
  test('is loaded again after three seconds with words in it, and is served when it says ready then', () => {
    open().show([id]);
    vi.advanceTimersByTime(2999);
    expect(webview.documents).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(webview.documents).toHaveLength(2);
    expect(webview.documents[1]).toContain('has not loaded in time and is loaded again: try 2 of 6.');
    expect(runs.logged).toEqual(['The page dashboard has not loaded within 3000 ms (try 1 of 6) and is loaded again']);
    expect(shown()).toEqual([]);
    webview.say({ type: 'ready', load: webview.load });
    expect(shown()).toEqual([[id]]);
    vi.advanceTimersByTime(100_000);
    expect([webview.documents.length, madeAnew]).toEqual([2, []]);
  });

  test('and is overtaken by the late word of the document before is still looked after', () => {
    open().show([id]);
    const first = webview.load;
    vi.advanceTimersByTime(3000);
    webview.say({ type: 'ready', load: first });
    expect(shown()).toEqual([]);
    vi.advanceTimersByTime(4000);
    expect(madeAnew).toEqual([2]);
  });

  test('in several webviews is given up with a notice that can try again and reload the window', async () => {
    const page = open(5);
    expect(webview.documents[0]).toContain('try 6 of 6');
    vi.advanceTimersByTime(100_000);
    expect(madeAnew).toEqual([]);
    expect(window.warnings.map(({ sentence }) => sentence)).toEqual([
      'The dashboard has stayed empty in 6 tries: reload the window to start it afresh. Runs that train go on meanwhile.',
    ]);
    window.warnings[0]!.choose('Reload window');
    await vi.runAllTimersAsync();
    expect(executed).toEqual(['workbench.action.reloadWindow']);

    page.visibilityChanged(false);
    page.visibilityChanged(true);
    webview.say({ type: 'ready', load: webview.load });
    expect(webview.documents.at(-1)).not.toContain('id="notice"');
  });

  test('because it is hidden is not loaded again', () => {
    const page = open();
    page.visibilityChanged(false);
    vi.advanceTimersByTime(100_000);
    expect([webview.documents.length, madeAnew]).toEqual([1, []]);
  });
});

describe('the runs of a page', () => {
  test('are sent when they are known and the page is ready, whichever comes last', () => {
    const page = open();
    webview.say({ type: 'ready', load: 1 });
    expect(webview.posted).toEqual([]);
    page.show([id, 'gone']);
    expect(shown()).toEqual([[id]]);
  });

  test('are sent whole again to a page that was hidden', () => {
    const page = open();
    page.show([id]);
    webview.say({ type: 'ready', load: 1 });
    page.visibilityChanged(false);
    runs.advance(id, run.deltas.at(-1)!);
    expect(webview.posted).toHaveLength(1);
    page.visibilityChanged(true);
    webview.say({ type: 'ready', load: 1 });
    expect(shown()).toEqual([[id], [id]]);
  });

  test('do not wait for one that cannot be read, but say so, and it joins them later', () => {
    runs.problems.set('other', 'It is a link.');
    const page = open();
    webview.say({ type: 'ready', load: 1 });
    page.show([id, 'other']);
    expect(webview.posted[0]).toMatchObject({
      unreadable: [{ id: 'other', name: 'name of other', problem: 'It is a link.' }],
    });
    expect(shown()).toEqual([[id]]);
    const manifest = { ...run.history.manifest, id: 'other' };
    runs.histories.set('other', { ...run.history, manifest });
    runs.advance('other', { ...run.deltas.at(-1)!, id: 'other' });
    expect(shown()).toEqual([[id], [id, 'other']]);
    expect(webview.posted[1]).not.toHaveProperty('unreadable');
    runs.advance(id, run.deltas.at(-1)!);
    expect(webview.posted.at(-1)).toMatchObject({ type: 'update', delta: { id } });
  });

  test('are followed by their older records, and no longer when the page has been hidden', async () => {
    const deep = plausibleRun({ arch: 'resnet110', epochs: 200 }).history;
    runs.histories.set(id, { ...deep, manifest: { ...deep.manifest, id } });
    const page = open();
    page.show([id]);
    const arrived: (() => void)[] = [];
    webview.carried = () => new Promise((resolve) => arrived.push(resolve));
    webview.say({ type: 'ready', load: 1 });
    const types = (): string[] => webview.posted.map(({ type }) => type);
    expect(types()).toEqual(['runs']);
    while (types().length < 2) await setTimeout(20);
    expect(types()).toEqual(['runs', 'records']);
    // One message at a time: the next when VS Code has taken this one over.
    await nextTurn();
    expect(types()).toEqual(['runs', 'records']);
    arrived.at(-1)!();
    while (types().length < 3) await setTimeout(20);
    expect(types()).toEqual(['runs', 'records', 'records']);
    page.visibilityChanged(false);
    arrived.at(-1)!();
    await nextTurn();
    expect(types()).toEqual(['runs', 'records', 'records']);
  });
});

describe('what is said of a run', () => {
  const remark = { type: 'reveal', id, layer: 'stem.conv' } as const;

  test('is said to a page that has the run, of which it tells each time', async () => {
    const page = open();
    let times = 0;
    page.onDidSend(() => (times += 1));
    page.show([id]);
    expect([await page.say(remark), times]).toEqual([false, 0]);
    webview.say({ type: 'ready', load: 1 });
    expect([await page.say(remark), times]).toEqual([true, 1]);
    expect(webview.posted.at(-1)).toEqual(remark);
    expect(await page.say({ ...remark, id: 'other' })).toBe(false);
    page.visibilityChanged(false);
    expect(await page.say(remark)).toBe(false);
    page.visibilityChanged(true);
    webview.say({ type: 'ready', load: 1 });
    expect([await page.say(remark), times]).toEqual([true, 2]);
  });
});

test('a page may ask for a report of some runs, and for none of no run', () => {
  open();
  webview.say({ type: 'report', runIds: [id, 'other'] });
  webview.say({ type: 'report', runIds: [] });
  expect(executed).toEqual([`sfpLab.reportRuns ${id},other`]);
  expect(runs.logged[0]).toContain('A view sent something unknown');
});

test('a page may ask for a layer, and for none whose name is longer than a layer can have', () => {
  open();
  const ask = (layer: string) => {
    webview.say({ type: 'revealLayer', runId: id, layer });
  };
  ask('stem.conv');
  expect(executed).toEqual([`sfpLab.revealLayer ${id} stem.conv`]);
  ask('x'.repeat(301));
  expect(executed).toHaveLength(1);
  expect(runs.logged[0]).toContain('A view sent something unknown');
});
