import type * as vscode from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunsPanels, type PanelKind } from '../../../../src/extension/views/runsPanels';
import { useBuiltPages } from '../../../fixtures/builtPages';
import { FakePanel, opened, reset, ViewColumn, warnings } from '../../../fixtures/fakePanels';
import { FakePageContext } from '../../../fixtures/pageContext';
import { plausibleRun } from '../../../fixtures/plausibleRun';

vi.mock('vscode', () => import('../../../fixtures/fakePanels'));

const kind: PanelKind = {
  viewType: 'sfpLab.dashboard',
  page: 'dashboard',
  keyOf: (ids) => ids.join(),
  titleOf: (ids) => `Runs ${ids.join()}`,
};
const { history, deltas } = plausibleRun({ epochs: 2 });
const { id } = history.manifest;

const built = useBuiltPages();
let files: FakePageContext;
beforeEach(() => {
  vi.useFakeTimers();
  reset();
  files = new FakePageContext([id], built.extension);
});
afterEach(() => {
  vi.useRealTimers();
});

/** As VS Code does it after a reload, from what the tab's page has kept. */
function restored(panels: RunsPanels): FakePanel & { readonly restoring: Promise<void> } {
  const panel = new FakePanel(kind.viewType, '');
  const kept = { runIds: [id], choices: {} };
  const restoring = panels.deserializeWebviewPanel(panel as unknown as vscode.WebviewPanel, kept);
  return Object.assign(panel, { restoring });
}

describe('Tabs after a reload', () => {
  it('have their page at once and their runs when the list has been read, however long that takes', async () => {
    let listIsRead = (): void => undefined;
    files.listAfter(
      new Promise((resolve) => {
        listIsRead = resolve;
      }),
    );
    const panels = new RunsPanels(kind, files.context);
    const panel = restored(panels);
    let isRestored = false;
    void panel.restoring.then(() => {
      isRestored = true;
    });
    await vi.advanceTimersByTimeAsync(1000);
    // VS Code loads the page only when this promise settles: the clock for its answer must not run before.
    expect(isRestored).toBe(true);
    expect(panel.webview.documents).toHaveLength(1);
    panel.webview.says({ type: 'ready', load: 1 });
    files.read(history, deltas.at(-1)!);
    expect(panel.webview.posted).toEqual([]);
    listIsRead();
    await vi.advanceTimersByTimeAsync(0);
    expect(panel.webview.posted).toMatchObject([{ type: 'runs', runs: [{ manifest: { id } }] }]);
    expect(panel.title).toBe(`Runs ${id}`);
    panels.dispose();
  });

  it('that show nothing at two tries are replaced by new ones with the same runs and choices in the same column', async () => {
    const panels = new RunsPanels(kind, files.context);
    const panel = restored(panels);
    panel.viewColumn = 2;
    await vi.advanceTimersByTimeAsync(7000);
    expect(panel.webview.documents).toHaveLength(2);
    expect(panel.isDisposed).toBe(true);
    expect(opened).toMatchObject([{ title: `Runs ${id}`, place: { viewColumn: 2 } }]);
    expect(opened[0]!.webview.documents[0]).toContain('data-kept="{&quot;runIds&quot;');
    files.read(history, deltas.at(-1)!);
    opened[0]!.webview.says({ type: 'ready', load: 1 });
    expect(opened[0]!.webview.posted).toMatchObject([{ type: 'runs', runs: [{ manifest: { id } }] }]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(opened).toHaveLength(1);
    expect(warnings).toEqual([]);
    panels.dispose();
  });

  it('show their runs in the new one too when the list has been read only after that', async () => {
    let listIsRead = (): void => undefined;
    files.listAfter(
      new Promise((resolve) => {
        listIsRead = resolve;
      }),
    );
    const panels = new RunsPanels(kind, files.context);
    restored(panels);
    await vi.advanceTimersByTimeAsync(7000);
    opened[0]!.webview.says({ type: 'ready', load: 1 });
    files.read(history, deltas.at(-1)!);
    listIsRead();
    await vi.advanceTimersByTimeAsync(0);
    expect(opened[0]!.webview.posted).toMatchObject([{ type: 'runs', runs: [{ manifest: { id } }] }]);
    panels.dispose();
  });

  it('are found again by their runs instead of opened twice', async () => {
    const panels = new RunsPanels(kind, files.context);
    const panel = restored(panels);
    await vi.advanceTimersByTimeAsync(0);
    panels.open([id], ViewColumn.Beside);
    expect(opened).toEqual([]);
    panel.dispose();
    panels.open([id], ViewColumn.Beside);
    expect(opened).toHaveLength(1);
    panels.dispose();
  });
});
