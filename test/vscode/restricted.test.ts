import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import { shortExperiment } from './support/configs';
import { ExperimentFolder } from './support/experimentFolder';
import { VsCode } from './support/vsCode';

describe('A folder from somebody else, opened in restricted mode', () => {
  let folder: ExperimentFolder;
  let code: VsCode;

  beforeAll(async () => {
    folder = await ExperimentFolder.make({ 'trial.sfp.json': shortExperiment });
    await folder.addRun(plausibleRun({ experiment: 'trial', name: 'trial-l2', state: 'finished' }), 'trial.sfp.json');
    await folder.write('.sfp/runs/20260101T000000Z-strange-abcdef/run.json', '{ "formatVersion": 1, "id": 5 }');
    code = await VsCode.open({
      folder: folder.path,
      chromium: inject('chromium'),
      extensionsFolder: inject('extensionsFolder'),
      workspaceTrust: true,
    });
  });
  afterAll(async () => {
    await code.close();
    await folder.remove();
  });

  it('shows its runs, and tells which of them cannot be read', async () => {
    await code.showSideBar();
    await code.run('l2').click();
    await code.run('strange').filter({ hasText: 'cannot be read' }).waitFor();
    const layers = await code.view('layers');
    await layers.getByText('stage1.block1.conv1').first().waitFor();
  });

  it('starts nothing', async () => {
    await code.openFile('trial.sfp.json');
    await code.lens('Start SFP run (2 runs: l1, l2)').click();
    await code.notification('needs a trusted workspace').waitFor();
    expect(await code.run('').filter({ hasText: 'waiting' }).count()).toBe(0);
    await code.screenshot('restricted');
  });
});
