import { describe, expect, it } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import type { ExperimentFolder } from './support/experimentFolder';
import { story } from './support/story';
import { themes, type ThemeName } from './support/vsCode';

const config = `{
  // ResNet-20 on CIFAR-10, its filters ranked in two ways.
  "name": "resnet20",
  "model": { "arch": "resnet20" },
  "training": { "epochs": 24 },
  "pruning": { "rate": 0.3 },
  "sweep": { "pruning.criterion": ["l1", "l2"] }
}
`;

async function addRuns(folder: ExperimentFolder): Promise<void> {
  const experiment = 'resnet20';
  const stopped = plausibleRun({ experiment, name: 'resnet20-l2', state: 'stopped', seed: 3 });
  await folder.addRun(stopped, 'resnet20.sfp.json');
  for (const criterion of ['l1', 'l2'] as const)
    await folder.addRun(plausibleRun({ experiment, criterion, state: 'finished' }), 'resnet20.sfp.json');
}

describe.each(Object.keys(themes) as ThemeName[])('With a %s theme', (theme) => {
  const scene = story({ files: { 'resnet20.sfp.json': config }, prepare: addRuns, theme });

  it('shows runs, layers and dashboard', async () => {
    await scene.code.openFile('resnet20.sfp.json');
    await scene.code.lens('Start SFP run').waitFor();
    await scene.code.showSideBar();
    await scene.code.run('resnet20-l2').first().click();
    await scene.code.run('resnet20-l2').first().getByRole('button', { name: 'Open dashboard' }).click();
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('region', { name: 'Run resnet20-l2' }).getByText('24 of 24 epochs').waitFor();
    const layers = await scene.code.view('layers');
    // 30 % of the 16 filters of the first layer are pruned, also after the last of many prunings.
    await layers.getByText('12/16').first().waitFor();
    await scene.code.lens('Start SFP run').waitFor();
    await scene.code.screenshot(`${theme}-1-dashboard`);
  });

  it('shows a comparison', async () => {
    await scene.code.run('resnet20-l2').first().click();
    await scene.code.run('resnet20-l1').click({ modifiers: ['Control'] });
    await scene.code.command('SFP Lab: Compare runs');
    const comparison = await scene.code.view('compare');
    await comparison.getByText('pruning.criterion').first().waitFor();
    await scene.code.screenshot(`${theme}-2-comparison`);
    expect(scene.code.complaints).toEqual([]);
  });
});
