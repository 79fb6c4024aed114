import { describe, expect, inject, it } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import { ExperimentFolder } from './support/experimentFolder';
import { themes, VsCode, type ThemeName } from './support/vsCode';

const config = `{
  // ResNet-20 on CIFAR-10, its filters ranked in two ways.
  "name": "resnet20",
  "model": { "arch": "resnet20" },
  "training": { "epochs": 24 },
  "pruning": { "rate": 0.3 },
  "sweep": { "pruning.criterion": ["l1", "l2"] }
}
`;

async function folderWithRuns(): Promise<ExperimentFolder> {
  const folder = await ExperimentFolder.make({ 'resnet20.sfp.json': config });
  const experiment = 'resnet20';
  await folder.addRun(
    plausibleRun({ experiment, name: 'resnet20-l2', state: 'stopped', seed: 3 }),
    'resnet20.sfp.json',
  );
  for (const criterion of ['l1', 'l2'] as const)
    await folder.addRun(plausibleRun({ experiment, criterion, state: 'finished' }), 'resnet20.sfp.json');
  return folder;
}

describe.each(Object.keys(themes) as ThemeName[])('With a %s theme', (theme) => {
  it('shows runs, layers, dashboard and comparison', async () => {
    const folder = await folderWithRuns();
    const code = await VsCode.open({
      folder: folder.path,
      chromium: inject('chromium'),
      extensionsFolder: inject('extensionsFolder'),
      theme,
    });
    try {
      await code.openFile('resnet20.sfp.json');
      await code.showSideBar();
      await code.run('l2').first().click();
      await code.run('l2').first().hover();
      await code.run('l2').first().getByRole('button', { name: 'Open dashboard' }).click();
      const dashboard = await code.view('dashboard');
      await dashboard.getByRole('region', { name: 'Run resnet20-l2' }).getByText('24 of 24 epochs').waitFor();
      const layers = await code.view('layers');
      await layers.getByText('stage3.block3.conv2').first().waitFor();
      await code.screenshot(`${theme}-1-dashboard`);

      await code
        .run('l1')
        .first()
        .click({ modifiers: ['Control'] });
      await code.command('SFP Lab: Compare runs');
      const comparison = await code.view('compare');
      await comparison.getByText('pruning.criterion').first().waitFor();
      await code.screenshot(`${theme}-2-comparison`);
      expect(code.complaints).toEqual([]);
    } finally {
      await code.close();
      await folder.remove();
    }
  });
});
