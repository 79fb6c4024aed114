import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ConvLayer } from '../../src/network/graph';
import { listRuns } from '../../src/runs/folder/list';
import { importedFile, pytorchFile } from '../fixtures/importedOnnx';
import { pictureBytes, writePictures } from '../fixtures/pictures';
import { story } from './support/story';

const training = { timeout: 300_000 };

const animals = ['bear', 'кошка', 'dog', 'żółw', 'zebra'];
const picturesOfEach = 120;

/** Pictures of the left half's shade, by which their class can be told. */
async function pictures(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const [index, animal] of animals.entries())
    for (let picture = 0; picture < picturesOfEach; picture++)
      files[`train/${animal}/${picture}.jpg`] = await pictureBytes(20, 18, 24 * index + (picture % 20));
  return files;
}

async function convolutionsOf(file: string): Promise<readonly ConvLayer[]> {
  const { graph } = await importedFile(file);
  return graph!.layers.filter((layer): layer is ConvLayer => layer.kind === 'conv');
}

describe('A researcher prunes a network that PyTorch exported, with pictures in folders', () => {
  let cache = '';
  const scene = story({
    files: {},
    prepare: async (folder) => {
      cache = await mkdtemp(path.join(tmpdir(), 'sfp-lab-cache-'));
      await copyFile(pytorchFile('mobile', 'older-dynamic'), path.join(folder.path, 'mobile.onnx'));
      writePictures(await pictures(), path.join(folder.path, 'images'));
    },
    // An empty cache: what others have measured or decoded here decides nothing.
    env: () => ({ SFP_LAB_CACHE: cache }),
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  const inFolder = (name: string) => path.join(scene.folder.path, name);
  const config = () => readFile(inFolder('mobile.sfp.json'), 'utf8');

  it('gets a commented config by the context menu of the file, which can be started as it is', async () => {
    await scene.code.fromExplorer('mobile.onnx', 'Prune with SFP Lab');
    await scene.code.page.getByRole('tab', { name: /^mobile\.sfp\.json/ }).waitFor();
    await scene.code.lens('Start SFP run').waitFor();
    await scene.code.lens(/saves \d+\.\d\s%\sof\sthe\sFLOPs/).waitFor();
    expect(await config()).toContain('"model": { "onnx": "./mobile.onnx" }');
    expect(await config()).toMatch(
      /\/\/ For a network of 5 classes. They are there: 5 classes.*\n *"data": \{ "folder": ".\/images"/,
    );
    await scene.code.screenshot('imported-network-1-config');
  });

  it('is offered the layers by their names in PyTorch where they write rates', async () => {
    const { page } = scene.code;
    // The config is longer than the editor, which draws the lines in sight alone.
    await page.locator('.view-line').first().click();
    await page.keyboard.press('Control+End');
    await page.locator('.view-line').filter({ hasText: '"layers": {}' }).click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('"');
    await page.keyboard.press('Control+Space');
    const offers = page.locator('.suggest-widget.visible .monaco-list-row');
    await offers.filter({ hasText: /features\.0\.0/ }).waitFor();
    await scene.code.screenshot('imported-network-2-completion');
    await page.keyboard.type('features.2.block.0');
    await offers.filter({ hasText: /features\.2\.block\.0\.0/ }).click();
    await page.keyboard.type('0.5');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+s');
    await expect.poll(config).toContain('"layers": {"features.2.block.0.0": { "rate": 0.5 }}');
    await page.keyboard.press('Control+Home');
    await scene.code.lens(/saves \d+\.\d\s%\sof\sthe\sFLOPs/).waitFor();
  });

  it('starts it from the button above it, and sees filters by these names and classes by those of the folders', async () => {
    await scene.code.lens('Start SFP run').click();
    const dashboard = await scene.code.view('dashboard');
    const card = dashboard.getByRole('region', { name: 'Run mobile' });
    await card.getByText(`5 classes: ${animals.toSorted().join(', ')}`).waitFor(training);
    await dashboard.getByText('mobile.onnx on images').waitFor();
    const filters = dashboard.getByRole('group', { name: 'Filters by layer' });
    await filters.getByText('features.2.block.0.0').waitFor(training);
    await scene.code.showSideBar();
    const layers = await scene.code.view('layers');
    await layers.getByText('features.2.block.0.0').first().waitFor();
    await scene.code.screenshot('imported-network-3-training');
  });

  it('gets a compact network that is proven equal when it has finished', async () => {
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByText('Equal to the masked network').waitFor(training);
    await dashboard.getByRole('region', { name: 'Run mobile' }).getByText('Finished').waitFor();
    const layers = await scene.code.view('layers');
    await layers.getByText('8/16').waitFor();
    await scene.code.screenshot('imported-network-4-certificate');
    const [run] = await listRuns(scene.folder.runsFolder);
    expect(run).toMatchObject({ status: 'finished', problem: null, name: 'mobile' });
  });

  it('exports it as ONNX, with the same layers by the same names and fewer filters', async () => {
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('button', { name: 'Export a network of mobile…' }).click();
    await scene.code.choose('Compact network');
    await scene.code.choose('ONNX');
    const input = scene.code.page.locator('.quick-input-widget input.input');
    await expect.poll(() => input.inputValue()).toBe(inFolder('mobile-compact.onnx'));
    await scene.code.page.keyboard.press('Enter');
    await scene.code.notification('mobile is exported: mobile-compact.onnx').waitFor(training);
    await scene.code.screenshot('imported-network-5-exported');
    const [before, after] = [
      await convolutionsOf(inFolder('mobile.onnx')),
      await convolutionsOf(inFolder('mobile-compact.onnx')),
    ];
    expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    const filters = (name: string) => [before, after].map((all) => all.find((layer) => layer.name === name)!.filters);
    // Between those lie gates, which take what depthwise convolutions make of nothing by another factor for each image.
    expect(filters('features.0.0')).toEqual([8, 6]);
    expect(filters('features.2.block.3.0')).toEqual([12, 9]);
  });

  it('has caused no complaint of a page about its content security policy', () => {
    expect(scene.code.complaints).toEqual([]);
  });
});
