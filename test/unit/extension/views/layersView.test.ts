import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LayersView } from '../../../../src/extension/views/layersView';
import type { SelectedRun } from '../../../../src/extension/runs/selectedRun';
import { useBuiltPages } from '../../../fixtures/builtPages';
import { executed, reset } from '../../../fixtures/fakePanels';
import { FakePageContext } from '../../../fixtures/pageContext';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { FakeSelection, FakeSideView } from '../../../fixtures/sideView';

vi.mock('vscode', () => import('../../../fixtures/fakePanels'));

const { history, deltas } = plausibleRun({ epochs: 2 });
const named = (id: string) => ({ ...history, manifest: { ...history.manifest, id } });

const built = useBuiltPages();
let files: FakePageContext;
let selection: FakeSelection;
let layers: LayersView;
beforeEach(() => {
  vi.useFakeTimers();
  reset();
  files = new FakePageContext(['one', 'other'], built.extension);
  selection = new FakeSelection('one');
  layers = new LayersView(files.context, selection as unknown as SelectedRun);
  for (const id of ['one', 'other']) files.read(named(id), deltas.at(-1)!);
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(): Promise<FakeSideView> {
  const side = new FakeSideView();
  layers.resolveWebviewView(side.view);
  await vi.advanceTimersByTimeAsync(0);
  return side;
}

const wish = (id: string, layer: string) => ({ type: 'reveal', id, layer });

describe('A layer that the user wants to see', () => {
  it('is told at once to a page that shows its run, and the view is opened', async () => {
    const side = await opened();
    side.says({ type: 'ready', load: 1 });
    await layers.reveal('one', 'stem.conv');
    expect(executed).toEqual([['sfpLab.layers.focus']]);
    expect(side.posted('reveal')).toEqual([wish('one', 'stem.conv')]);
  });

  it('is told once to the page of a view that was never open, when the page has its run', async () => {
    await layers.reveal('one', 'stem.conv');
    const side = await opened();
    expect(side.webview.posted).toEqual([]);
    side.says({ type: 'ready', load: 1 });
    await vi.advanceTimersByTimeAsync(0);
    const types = side.webview.posted.map((message) => (message as { type: string }).type);
    expect(types.filter((type) => type !== 'network')).toEqual(['runs', 'reveal']);
    side.appear(false);
    side.appear(true);
    side.says({ type: 'ready', load: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(side.posted('reveal')).toHaveLength(1);
  });

  it('waits for a page that is hidden, and for one that VS Code could not hand it to', async () => {
    const side = await opened();
    side.says({ type: 'ready', load: 1 });
    side.appear(false);
    await layers.reveal('one', 'stem.conv');
    expect(side.posted('reveal')).toEqual([]);
    side.appear(true);
    side.webview.carry = () => Promise.resolve(false);
    side.says({ type: 'ready', load: 1 });
    await vi.advanceTimersByTimeAsync(0);
    side.webview.carry = () => Promise.resolve(true);
    side.says({ type: 'ready', load: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(side.posted('reveal')).toEqual([wish('one', 'stem.conv'), wish('one', 'stem.conv')]);
  });

  it('is of a run that is selected then, and the last one counts', async () => {
    const side = await opened();
    await layers.reveal('one', 'stem.conv');
    await layers.reveal('other', 'stage1.block1.conv1');
    side.says({ type: 'ready', load: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(selection.run.id).toBe('other');
    expect(side.posted('reveal')).toEqual([wish('other', 'stage1.block1.conv1')]);
  });

  it('is told to the view that VS Code makes in place of one that is gone', async () => {
    const before = await opened();
    before.says({ type: 'ready', load: 1 });
    before.dispose();
    await layers.reveal('one', 'stem.conv');
    expect(before.posted('reveal')).toEqual([]);
    const side = await opened();
    side.says({ type: 'ready', load: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(side.posted('reveal')).toEqual([wish('one', 'stem.conv')]);
  });
});

it('is taken away and back again where its page does not load in time', async () => {
  await opened();
  await vi.advanceTimersByTimeAsync(7000);
  expect(executed).toEqual([
    ['setContext', 'sfpLab.layersAway', true],
    ['setContext', 'sfpLab.layersAway', false],
    ['sfpLab.layers.focus', { preserveFocus: true }],
  ]);
});

it('tells its page the network, from which follows which layers move together', async () => {
  vi.useRealTimers();
  const side = new FakeSideView();
  layers.resolveWebviewView(side.view);
  side.says({ type: 'ready', load: 1 });
  await expect
    .poll(() => side.posted('network'))
    .toMatchObject([{ id: 'one', network: { graph: { name: 'resnet20' } } }]);
});
