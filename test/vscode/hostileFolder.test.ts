import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processExists } from '../../src/base/processes';
import { plausibleRun } from '../fixtures/plausibleRun';
import { shortExperiment } from './support/configs';
import { ExperimentFolder } from './support/experimentFolder';
import { addHostileRun, addUnreadableRuns, hostileConfigs, outsideFiles, unreadable } from './support/hostileFolder';
import { story } from './support/story';

/** Every file in a folder: what it holds, and when it was written. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    const status = await lstat(file);
    found[name] = status.isFile() ? `${status.mtimeMs} ${await readFile(file, 'utf8')}` : 'no file';
  }
  return found;
}

describe.skipIf(process.platform === 'win32')('A stranger’s folder, opened in a trusted workspace', () => {
  let outside: ExperimentFolder;
  let before: Record<string, string>;
  let bystander: ChildProcess;

  beforeAll(async () => {
    outside = await ExperimentFolder.make(outsideFiles);
    before = await contentsOf(outside.path);
    bystander = spawn('sleep', ['3600'], { stdio: 'ignore' });
    await once(bystander, 'spawn');
  });

  const scene = story({
    files: { ...hostileConfigs, 'trial.sfp.json': shortExperiment },
    prepare: async (folder) => {
      await addUnreadableRuns(folder, outside.path);
      const whole = plausibleRun({ experiment: 'trial', name: 'trial-l2', state: 'finished' });
      // As a run is that somebody hands on for its figures.
      await rm(path.join(await folder.addRun(whole, 'trial.sfp.json'), 'checkpoints'), { recursive: true });
      for (const status of ['running', 'failed'] as const)
        await addHostileRun(folder, outside.path, { status, pid: bystander.pid! });
    },
  });

  afterAll(async () => {
    bystander.kill('SIGKILL');
    await outside.remove();
  });

  it('has a line for each run that cannot be read, and for the others what they say', async () => {
    await scene.code.showSideBar();
    await scene.code.run('trial-l2').waitFor();
    for (const ending of unreadable)
      expect(await scene.code.run(`20260101T000000Z-strange${ending}, cannot be read`).count()).toBe(1);
    expect(await scene.code.run('running-<img src=x').count()).toBe(1);
    expect(await scene.code.run('failed-<img src=x').count()).toBe(1);
    await scene.code.screenshot('hostile-folder-1-runs');
  });

  it('has its whole run in a dashboard, beside those that would do harm', async () => {
    await scene.code.run('trial-l2').first().click();
    await scene.code.run('trial-l2').first().getByRole('button', { name: 'Open dashboard' }).click();
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('region', { name: 'Run trial-l2' }).getByText('24 of 24 epochs').waitFor();
    await dashboard.getByRole('region', { name: 'Run running-<img' }).waitFor();
    await dashboard.getByText('It has finished; it is kept without checkpoints').waitFor();
    expect(await dashboard.locator('img').count()).toBe(0);
    const layers = await scene.code.view('layers');
    await layers.getByText('stage1.block1.conv1').first().waitFor();
    await scene.code.screenshot('hostile-folder-2-dashboard');
  });

  it('stops no process that is not its trainer, and makes no command of its words', async () => {
    await scene.code.run('running-<img').first().click();
    await scene.code.command('SFP Lab: Stop run');
    await scene.code.dialogButton('Stop').click();
    await scene.code.notification('stop.request is not a file but a link').waitFor();
    expect(await scene.code.page.locator('.notification-list-item a[href^="command:"]').count()).toBe(0);
    expect(processExists(bystander.pid!)).toBe(true);
  });

  it('does not go on with a run whose events lie elsewhere', async () => {
    await scene.code.command('SFP Lab: Resume run');
    await scene.code.notification('events.jsonl is not a file but a link').waitFor();
    await scene.code.screenshot('hostile-folder-3-refused');
  });

  it('has its configs marked, one after another', async () => {
    for (const name of Object.keys(hostileConfigs)) {
      await scene.code.openFile(name);
      await scene.code
        .lens(/problems? keeps? this experiment from starting|FLOPs/)
        .first()
        .waitFor();
    }
    await scene.code.openFile('deep.sfp.json');
    await scene.code.command('SFP Lab: Start SFP run');
    await scene.code.notification('This is nested too deep; a config has at most 64 levels.').waitFor();
  });

  it('keeps no command from being there when all of it is open while the window loads', async () => {
    await scene.code.reload();
    await scene.code.openFile('trial.sfp.json');
    await scene.code.lens('Start SFP run (2 runs: l1, l2)').waitFor();
    await scene.code.showSideBar();
    await scene.code.run('trial-l2').waitFor();
    await scene.code.command('SFP Lab: New experiment config');
    await scene.code.page.locator('.quick-input-widget, .monaco-editor[data-uri*="untitled"]').first().waitFor();
    await scene.code.screenshot('hostile-folder-4-reloaded');
  });

  it('has changed nothing outside of it', async () => {
    expect(await contentsOf(outside.path)).toEqual(before);
    expect(scene.code.complaints).toEqual([]);
  });
});
