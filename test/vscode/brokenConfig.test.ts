import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { brokenConfig } from './support/configs';
import { story } from './support/story';

describe('A config with mistakes', () => {
  const scene = story({ files: { 'broken.sfp.json': brokenConfig } });

  it('has them marked at their places', async () => {
    await scene.code.openFile('broken.sfp.json');
    await scene.code.lens('2 problems keep this experiment from starting').waitFor();
    await scene.code.command('Problems: Focus on Problems View');
    const rate = scene.code.problem('pruning.rate is 1.2');
    await rate.waitFor();
    // Line 4, at the value; the misspelt key stands in line 5.
    expect(await rate.textContent()).toContain('[Ln 4, Col 24]');
    const key = scene.code.problem('did you mean "training"?');
    expect(await key.textContent()).toContain('[Ln 5, Col 3]');
    await scene.code.screenshot('broken-config');
  });

  it('is not started: one message says what is wrong and leads to the place', async () => {
    await scene.code.openFile('broken.sfp.json');
    await scene.code.command('SFP Lab: Start SFP run');
    const message = scene.code.notification('broken.sfp.json, line 4: pruning.rate is 1.2');
    await message.getByRole('button', { name: 'Show' }).click();
    await scene.code.page.locator('.statusbar-item', { hasText: 'Ln 4, Col 27 (3 selected)' }).waitFor();
    expect(existsSync(scene.folder.runsFolder)).toBe(false);
  });

  it('can be started once they are mended', async () => {
    await scene.folder.write('broken.sfp.json', '{ "name": "mended", "training": { "epochs": 2 } }\n');
    await scene.code.lens('Start SFP run').waitFor();
    await scene.code.lens('saves 39.0 % of the FLOPs').waitFor();
  });
});
