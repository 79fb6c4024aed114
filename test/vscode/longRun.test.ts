import { afterAll, describe, expect, it } from 'vitest';
import { listRuns } from '../../src/runs/folder/list';
import { readHistory } from '../../src/runs/folder/reader';
import { longRun } from './support/configs';
import { processExists } from '../../src/base/processes';
import { story } from './support/story';

const training = { timeout: 300_000 };

describe('A run that takes long', () => {
  const scene = story({ files: { 'long.sfp.json': longRun } });
  let pid = 0;

  afterAll(() => {
    if (pid > 0 && processExists(pid)) process.kill(pid, 'SIGKILL');
  });

  it('is started by the button above its config', async () => {
    await scene.code.openFile('long.sfp.json');
    await scene.code.lens('Start SFP run').click();
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByText(/Epoch 2 of 10000/).waitFor(training);
    const [run] = await listRuns(scene.folder.runsFolder);
    expect(run).toMatchObject({ status: 'running', name: 'long', problem: null });
    pid = run?.problem === null ? (run.process?.pid ?? 0) : 0;
    expect(processExists(pid)).toBe(true);
  });

  it('goes on while the window is reloaded, and is found again', async () => {
    await scene.code.reload();
    expect(processExists(pid)).toBe(true);
    await scene.code.statusBarItem().filter({ hasText: 'long epoch' }).waitFor();
    const dashboard = await scene.code.view('dashboard');
    const progress = dashboard.getByRole('progressbar', { name: 'Progress of long' });
    await progress.waitFor();
    const then = await progress.getAttribute('aria-valuetext');
    await expect.poll(() => progress.getAttribute('aria-valuetext'), training).not.toBe(then);
    await scene.code.screenshot('long-run-1-reloaded');
  });

  it('stops when the dashboard is asked to stop it, and leaves no process behind', async () => {
    const dashboard = await scene.code.view('dashboard');
    await dashboard.getByRole('button', { name: 'Stop long' }).click();
    await scene.code.dialogButton('Stop').waitFor();
    await scene.code.screenshot('long-run-2-question');
    await scene.code.dialogButton('Stop').click();
    await dashboard.getByRole('region', { name: 'Run long' }).getByText('Stopped', { exact: true }).waitFor(training);
    await expect.poll(() => processExists(pid), training).toBe(false);
    const [run] = await listRuns(scene.folder.runsFolder);
    expect(run).toMatchObject({ status: 'stopped', problem: null });
    await scene.code.showSideBar();
    await scene.code.run('long').filter({ hasText: 'stopped' }).waitFor();
    await scene.code.statusBarItem().waitFor({ state: 'hidden' });
    await scene.code.screenshot('long-run-3-stopped');
  });

  it('goes on from there when the dashboard is asked to resume it', async () => {
    const dashboard = await scene.code.view('dashboard');
    const epochs = (await readHistory((await listRuns(scene.folder.runsFolder))[0]?.folder ?? '')).epochs.length;
    await dashboard.getByRole('button', { name: 'Resume long' }).click();
    await dashboard.getByText(new RegExp(`Epoch ${epochs + 2} of 10000`)).waitFor(training);
    const [run] = await listRuns(scene.folder.runsFolder);
    expect(run).toMatchObject({ status: 'running', problem: null });
    pid = run?.problem === null ? (run.process?.pid ?? 0) : 0;
    await scene.code.run('long').filter({ hasText: 'epoch' }).waitFor();
    await scene.code.screenshot('long-run-4-resumed');
    await dashboard.getByRole('button', { name: 'Stop long' }).click();
    await scene.code.dialogButton('Stop').click();
    await expect.poll(() => processExists(pid), training).toBe(false);
  });
});
