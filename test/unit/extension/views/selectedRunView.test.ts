import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SelectedRunView } from '../../../../src/extension/views/selectedRunView';
import type { SelectedRun } from '../../../../src/extension/runs/selectedRun';
import { buildNetwork } from '../../../../src/network/zoo';
import type { RunManifest } from '../../../../src/runs/model/format';
import { useBuiltPages } from '../../../fixtures/builtPages';
import { reset } from '../../../fixtures/fakePanels';
import { FakePageContext } from '../../../fixtures/pageContext';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { FakeSelection, FakeSideView } from '../../../fixtures/sideView';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakePanels'));

const { history, deltas } = plausibleRun({ epochs: 2 });
const { id } = history.manifest;
const images = { channels: 3, height: 32, width: 32 };

const built = useBuiltPages();
let folder: string;
let files: FakePageContext;
let side: FakeSideView;
beforeEach(() => {
  reset();
  folder = temporaryFolder();
  files = new FakePageContext([id, 'other'], built.extension, folder);
  side = new FakeSideView();
});

/** The view of a run whose manifest says this, when its page is ready. */
function open(changes: Partial<RunManifest> = {}): FakeSelection {
  const selection = new FakeSelection(id);
  const view = new SelectedRunView('network', files.context, selection as unknown as SelectedRun);
  for (const known of [id, 'other']) {
    const manifest = { ...history.manifest, ...changes, id: known };
    files.read({ ...history, manifest }, deltas.at(-1)!);
  }
  view.resolveWebviewView(side.view);
  side.says({ type: 'ready', load: 1 });
  return selection;
}

const networks = () => side.posted('network');
const { config } = history.manifest;
const ofFile = { config: { ...config, model: { ...config.model, onnx: './net.onnx' } } };

describe('The network that the page is sent', () => {
  it('is that of the config, after the run, and again with another run', async () => {
    const selection = open();
    const network = { graph: buildNetwork('resnet20', images, 10) };
    await expect.poll(networks).toEqual([{ type: 'network', id, network }]);
    expect(side.webview.posted.map((message) => (message as { type: string }).type)).toEqual(['runs', 'network']);
    selection.choose('other');
    await expect.poll(networks).toHaveLength(2);
    expect(networks()[1]).toEqual({ type: 'network', id: 'other', network });
  });

  it('is that in the folder of a run whose network comes from a file', async () => {
    const graph = { ...buildNetwork('resnet20', images, 10), name: 'net' };
    await writeFile(join(folder, 'network.json'), JSON.stringify(graph));
    open(ofFile);
    await expect.poll(networks).toEqual([{ type: 'network', id, network: { graph } }]);
  });

  it.each([
    ['is not there', null, /network\.json/],
    ['is no network', '{"name":"x","layers":[]}', /describes no network/],
    ['is for other images', JSON.stringify(buildNetwork('resnet20', images, 7)), /not for the images and classes/],
  ])('is a sentence that says why there is none where the file %s', async (_, text, reason) => {
    if (text !== null) await writeFile(join(folder, 'network.json'), text);
    open(ofFile);
    await expect.poll(networks).toHaveLength(1);
    expect(networks()).toMatchObject([{ id, network: { problem: expect.stringMatching(reason) as unknown } }]);
  });
});
