import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeFileAtomic from 'write-file-atomic';
import { runConfigSchema } from '../../src/config/schema';
import { createRun, manifestText } from '../../src/runs/folder/create';
import { fileNames } from '../../src/runs/model/format';
import { readManifest } from '../../src/runs/folder/manifest';
import { SilentRegistry } from './support/silentRegistry';
import { story } from './support/story';

const config = { name: 'trial', engine: { name: 'tensorflow' } };
const command = 'SFP Lab: Set up the TensorFlow engine';
const patience = { timeout: 60_000 };

describe('A researcher sets up TensorFlow', () => {
  let registry: SilentRegistry;
  beforeAll(async () => {
    registry = await SilentRegistry.open();
  });
  afterAll(() => {
    registry.close();
  });
  const scene = story({
    files: { 'trial.sfp.json': JSON.stringify(config, null, 2) },
    env: () => ({ SFP_LAB_CACHE: cacheFolder(), npm_config_registry: registry.url }),
  });

  const cacheFolder = () => path.join(scene.folder.path, 'cache');
  const enginesLeft = () => readdir(path.join(cacheFolder(), 'engines'));
  const progress = () => scene.code.notification('Setting up TensorFlow: installing @tensorflow/tfjs-node');

  /** Where there is an NVIDIA GPU, it is asked first for what. */
  async function chooseCpu(): Promise<void> {
    const cpu = scene.code.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'For the CPU' });
    await cpu.or(progress()).waitFor();
    if (await cpu.isVisible()) await cpu.click();
  }

  async function cancel(): Promise<void> {
    await progress().getByRole('button', { name: 'Cancel' }).click();
    await scene.code.notification('Setting up TensorFlow was cancelled; all is as before.').waitFor();
  }

  /** What a training process writes that finds no TensorFlow, after the window has seen that the run waits for it. */
  async function failForWantOfTensorflow(): Promise<void> {
    const run = {
      config: runConfigSchema.parse(config),
      experiment: 'trial',
      configFile: null,
      versions: {},
      git: null,
    };
    const folder = await createRun(scene.folder.runsFolder, run);
    await scene.code.showSideBar();
    await scene.code.statusBarItem().filter({ hasText: 'trial' }).waitFor();
    const error = 'The config asks for tensorflow, which is not there. Not set up; run "sfp engines setup".';
    const failed = { ...(await readManifest(folder)), status: 'failed' as const, error };
    await writeFileAtomic(path.join(folder, fileNames.run), manifestText(failed));
  }

  it('finds the command in the palette, and is told what is being done', async () => {
    const line = await scene.code.inPalette(command);
    await line.waitFor();
    await scene.code.screenshot('tensorflow-set-up-1-palette');
    await line.click();
    await chooseCpu();
    await progress().waitFor();
    await expect.poll(() => registry.asked, patience).toContain('/@tensorflow/tfjs-node');
    expect(await enginesLeft()).toContainEqual(expect.stringMatching(/^\.staging-\d+$/));
    await scene.code.screenshot('tensorflow-set-up-2-progress');
  });

  it('is shown the progress again, and not a second set-up, when asking twice', async () => {
    await scene.code.command(command);
    await scene.code.page.locator('.notifications-center.visible').waitFor();
    expect(await progress().count()).toBe(1);
  });

  it('cancels it, and nothing half done is left, neither files nor processes', async () => {
    await cancel();
    expect(await enginesLeft()).toEqual(['tensorflow-cpu.log']);
    await expect.poll(() => registry.isAwaited, patience).toBe(false);
    await scene.code.screenshot('tensorflow-set-up-3-cancelled');
    await scene.code.command('Notifications: Clear All Notifications');
  });

  it('is offered it by a run that lacks it', async () => {
    await failForWantOfTensorflow();
    const failed = scene.code.notification('trial failed: The config asks for tensorflow');
    const setUp = failed.getByRole('button', { name: 'Set up TensorFlow' });
    await setUp.waitFor();
    await scene.code.screenshot('tensorflow-set-up-4-offer');
    await setUp.click();
    await chooseCpu();
    await cancel();
    expect(await enginesLeft()).toEqual(['tensorflow-cpu.log']);
  });
});
