import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/base/cacheFolder';
import { keepTable } from '../../src/layerTimes/tableFile';
import { buildNetwork } from '../../src/network/zoo';
import { listRuns } from '../../src/runs/folder/list';
import { tableOfBlocks } from '../fixtures/timeTable';
import { sixEpochs } from './support/configs';
import { story } from './support/story';

const training = { timeout: 300_000 };

describe('A researcher ships a pruned network', () => {
  let cache = '';
  const scene = story({
    files: { 'ship.sfp.json': sixEpochs },
    // The images of the usual cache, and times of layers as if they had been measured on this machine.
    prepare: async () => {
      cache = await mkdtemp(path.join(tmpdir(), 'sfp-lab-cache-'));
      await symlink(path.join(cacheFolder(), 'datasets'), path.join(cache, 'datasets'));
      const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
      await keepTable(tableOfBlocks(graph, 0.04), path.join(cache, 'engines'));
    },
    env: () => ({ SFP_LAB_CACHE: cache }),
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  const config = () => readFile(path.join(scene.folder.path, 'ship.sfp.json'), 'utf8');

  it('sees how many milliseconds the pruned network is expected to take', async () => {
    await scene.code.openFile('ship.sfp.json');
    await scene.code.lens(/^forecast \d+\.\d instead of 40\.0 ms$/).waitFor();
    await scene.code.screenshot('pruned-network-1-forecast');
  });

  it('is told that so few epochs do not settle, and has it mended by a quick fix that can be undone', async () => {
    const { page } = scene.code;
    await page.locator('.view-line').filter({ hasText: '"epochs": 6' }).click();
    await scene.code.quickFix('Let the last 2 epochs settle');
    await page.keyboard.press('Control+s');
    await expect.poll(config).toContain('"settleEpochs": 2');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+s');
    await expect.poll(config).toBe(sixEpochs);
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+s');
    await expect.poll(config).toContain('"settleEpochs": 2');
    expect(await config()).toContain('// A trial of six epochs.');
    await scene.code.screenshot('pruned-network-2-fixed');
  });

  it('gets a compact network that is proven equal when the run has finished', async () => {
    await scene.code.lens('Start SFP run').click();
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByText('Equal to the masked network').waitFor(training);
    await scene.code.screenshot('pruned-network-3-certificate');
  });

  it('exports it, and is shown where it is', async () => {
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('button', { name: 'Export a network of ship…' }).click();
    await scene.code.choose('Compact network');
    await scene.code.screenshot('pruned-network-4-formats');
    await scene.code.choose('ONNX');
    const file = path.join(scene.folder.path, 'ship-compact.onnx');
    const input = scene.code.page.locator('.quick-input-widget input.input');
    await expect.poll(() => input.inputValue()).toBe(file);
    await scene.code.screenshot('pruned-network-5-where-to');
    await scene.code.page.keyboard.press('Enter');
    await scene.code.notification('ship is exported: ship-compact.onnx').waitFor(training);
    expect((await stat(file)).size).toBeGreaterThan(100_000);
    await scene.code.screenshot('pruned-network-6-exported');
  });

  it('trains baselines beside it', async () => {
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('button', { name: 'Train baselines of ship' }).click();
    const picker = scene.code.page.locator('.quick-input-widget');
    await picker.getByText('The shape of the compact network').waitFor();
    await scene.code.screenshot('pruned-network-7-baselines');
    await picker.getByRole('button', { name: 'OK' }).click();
    await expect
      .poll(async () => (await baselines()).map(({ kind }) => kind), training)
      .toEqual(['dense', 'hard', 'narrow']);
    await dashboard.getByText('Dense').first().waitFor(training);
    await expect
      .poll(async () => (await baselines()).map(({ status }) => status), training)
      .toEqual(['finished', 'finished', 'finished']);
    await dashboard
      .getByRole('region', { name: /narrow/ })
      .getByText('Finished')
      .waitFor(training);
    await scene.code.screenshot('pruned-network-8-beside-baselines');
  });

  const baselines = async () =>
    (await listRuns(scene.folder.runsFolder))
      .flatMap((run) => (run.problem === null && run.baseline ? [{ kind: run.baseline.kind, status: run.status }] : []))
      .toSorted((a, b) => a.kind.localeCompare(b.kind));
});
