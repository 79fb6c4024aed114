import { describe, expect, it } from 'vitest';
import { shortExperiment } from './support/configs';
import { story } from './support/story';

const training = { timeout: 300_000 };

describe('A researcher runs a first experiment', () => {
  const scene = story({ files: { 'trial.sfp.json': shortExperiment } });

  it('sees above the config what it would start and what that saves', async () => {
    await scene.code.openFile('trial.sfp.json');
    await scene.code.lens('Start SFP run (2 runs: l1, l2)').waitFor();
    // ResNet-20 at a rate of 0.3: 24,721,344 of 40,550,400 multiply-adds are left.
    await scene.code.lens('saves 39.0 % of the FLOPs').waitFor();
    await scene.code.showSideBar();
    await scene.code.page.getByText('No run yet.').waitFor();
    await scene.code.screenshot('first-experiment-1-config');
  });

  it('starts it from the palette, and the dashboard opens beside the config', async () => {
    await scene.code.command('SFP Lab: Start SFP run');
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('heading', { name: 'trial', exact: true }).waitFor();
    await dashboard.getByRole('region', { name: 'Run trial-l1' }).getByText('Running').waitFor(training);
    await dashboard.getByRole('region', { name: 'Run trial-l2' }).getByText('Waiting').waitFor();
    await scene.code.statusBarItem().filter({ hasText: 'trial-l1' }).waitFor();
    await scene.code.run('trial-l1').waitFor();
    await scene.code.run('trial-l2').waitFor();
  });

  it('watches epochs and masks arrive while it trains', async () => {
    const dashboard = await scene.code.view('dashboard');
    const first = dashboard.getByRole('region', { name: 'Run trial-l1' });
    await first.getByText(/Epoch [23] of 3|3 of 3 epochs/).waitFor(training);
    await dashboard.getByRole('group', { name: 'Filters by layer' }).getByText('stage3.block3.conv2').waitFor();
    const layers = await scene.code.view('layers');
    await layers.getByText('stage1.block1.conv1').first().waitFor();
    await scene.code.screenshot('first-experiment-2-training');
  });

  it('has both criteria side by side when they have finished', async () => {
    const dashboard = await scene.code.view('dashboard');
    for (const name of ['trial-l1', 'trial-l2']) {
      const card = dashboard.getByRole('region', { name: `Run ${name}` });
      await card.getByText('Finished').waitFor(training);
      await card.getByText('3 of 3 epochs').waitFor();
      await card.getByText('Test accuracy').waitFor();
    }
    await scene.code.notification('trial: 2 runs have finished').waitFor();
    // What the masks really save: at least the 39.0 % that was forecast.
    for (const name of ['trial-l1', 'trial-l2'])
      await scene.code
        .run(name)
        .filter({ hasText: /−(39|4\d)\.\d\s%\sFLOPs/ })
        .waitFor();
    await scene.code.statusBarItem().waitFor({ state: 'hidden' });
    await scene.code.screenshot('first-experiment-3-finished');
  });

  it('compares the two', async () => {
    await scene.code.notification('trial: 2 runs have finished').getByRole('button', { name: 'Compare' }).click();
    const comparison = await scene.code.view('compare');
    await comparison.getByText('pruning.criterion').first().waitFor();
    await scene.code.screenshot('first-experiment-4-comparison');
  });

  it('finds everything again after the window is reloaded', async () => {
    await scene.code.reload();
    // A page that stays silent is made anew, so each look finds its frame again.
    const shows = async (view: 'dashboard' | 'layers' | 'compare', text: string): Promise<void> => {
      const isSeen = async () => (await scene.code.view(view)).getByText(text).first().isVisible();
      await expect.poll(() => isSeen().catch(() => false), { timeout: 60_000 }).toBe(true);
    };
    await shows('compare', 'pruning.criterion');
    await scene.code.page.getByRole('tab', { name: 'trial', exact: true }).click();
    await shows('dashboard', '3 of 3 epochs');
    await scene.code.run('trial-l1').waitFor();
    await shows('layers', 'stage3.block3.conv2');
    await scene.code.screenshot('first-experiment-5-reloaded');
  });

  it('has caused no complaint of a page about its content security policy', () => {
    expect(scene.code.complaints).toEqual([]);
  });
});
