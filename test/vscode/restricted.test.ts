import { describe, expect, it } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import { shortExperiment } from './support/configs';
import { story } from './support/story';

describe('A folder from somebody else, opened in restricted mode', () => {
  const scene = story({
    files: { 'trial.sfp.json': shortExperiment },
    prepare: async (folder) => {
      await folder.addRun(plausibleRun({ experiment: 'trial', name: 'trial-l2', state: 'finished' }), 'trial.sfp.json');
      await scene.folder.write('.sfp/runs/20260101T000000Z-strange-abcdef/run.json', '{ "formatVersion": 1, "id": 5 }');
    },
    workspaceTrust: true,
  });

  it('shows its runs, and tells which of them cannot be read', async () => {
    await scene.code.showSideBar();
    await scene.code.run('trial-l2').click();
    await scene.code.run('20260101T000000Z-strange').filter({ hasText: 'cannot be read' }).waitFor();
    const layers = await scene.code.view('layers');
    await layers.getByText('stage1.block1.conv1').first().waitFor();
  });

  it('starts nothing', async () => {
    await scene.code.openFile('trial.sfp.json');
    await scene.code.lens('Start SFP run (2 runs: l1, l2)').click();
    await scene.code.notification('needs a trusted workspace').waitFor();
    expect(await scene.code.run().filter({ hasText: 'waiting' }).count()).toBe(0);
    await scene.code.screenshot('restricted');
  });
});
