import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { brokenConfig } from './support/configs';
import { ExperimentFolder } from './support/experimentFolder';
import { VsCode } from './support/vsCode';

describe('A config with mistakes', () => {
  let folder: ExperimentFolder;
  let code: VsCode;

  beforeAll(async () => {
    folder = await ExperimentFolder.make({ 'broken.sfp.json': brokenConfig });
    code = await VsCode.open({
      folder: folder.path,
      chromium: inject('chromium'),
      extensionsFolder: inject('extensionsFolder'),
    });
  });
  afterAll(async () => {
    await code.close();
    await folder.remove();
  });

  it('has them marked at their places', async () => {
    await code.openFile('broken.sfp.json');
    await code.lens('2 problems keep this experiment from starting').waitFor();
    await code.command('Problems: Focus on Problems View');
    const rate = code.problem('pruning.rate is 1.2');
    await rate.waitFor();
    // Line 4, at the value; the misspelt key stands in line 5.
    expect(await rate.textContent()).toContain('[Ln 4, Col 24]');
    const key = code.problem('did you mean "training"?');
    expect(await key.textContent()).toContain('[Ln 5, Col 3]');
    await code.screenshot('broken-config');
  });

  it('is not started: one message says what is wrong and leads to the place', async () => {
    await code.openFile('broken.sfp.json');
    await code.command('SFP Lab: Start SFP run');
    const message = code.notification('broken.sfp.json, line 4: pruning.rate is 1.2');
    await message.getByRole('button', { name: 'Show' }).click();
    await code.page.getByText('Ln 4, Col 24').first().waitFor();
    expect(existsSync(folder.runsFolder)).toBe(false);
  });

  it('can be started once they are mended', async () => {
    await code.rewrite('{ "name": "mended", "training": { "epochs": 2 } }\n');
    await code.lens('Start SFP run').waitFor();
    await code.lens('saves 39.0 % of the FLOPs').waitFor();
  });
});
