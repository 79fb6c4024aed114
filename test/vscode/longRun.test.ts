import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { listRuns } from '../../src/runs/list';
import { longRun } from './support/configs';
import { ExperimentFolder } from './support/experimentFolder';
import { isThere } from './support/processes';
import { VsCode } from './support/vsCode';

const training = { timeout: 300_000 };

describe('A run that takes long', () => {
  let folder: ExperimentFolder;
  let code: VsCode;
  let pid: number;

  beforeAll(async () => {
    folder = await ExperimentFolder.make({ 'long.sfp.json': longRun });
    code = await VsCode.open({
      folder: folder.path,
      chromium: inject('chromium'),
      extensionsFolder: inject('extensionsFolder'),
    });
  });
  afterAll(async () => {
    if (isThere(pid)) process.kill(pid, 'SIGKILL');
    await code.close();
    await folder.remove();
  });

  it('is started by the button above its config', async () => {
    await code.openFile('long.sfp.json');
    await code.lens('Start SFP run').click();
    const dashboard = await code.view('dashboard');
    await dashboard.getByText(/Epoch 2 of 10000/).waitFor(training);
    const [run] = await listRuns(folder.runsFolder);
    expect(run).toMatchObject({ status: 'running', name: 'long', problem: null });
    pid = run?.problem === null ? (run.process?.pid ?? 0) : 0;
    expect(isThere(pid)).toBe(true);
  });

  it('goes on while the window is reloaded, and is found again', async () => {
    await code.reload();
    expect(isThere(pid)).toBe(true);
    await code.statusBarItem().filter({ hasText: 'long epoch' }).waitFor();
    const dashboard = await code.view('dashboard');
    const progress = dashboard.getByRole('progressbar', { name: 'Progress of long' });
    await progress.waitFor();
    const then = await progress.getAttribute('aria-valuetext');
    await expect.poll(() => progress.getAttribute('aria-valuetext'), training).not.toBe(then);
    await code.screenshot('long-run-1-reloaded');
  });

  it('stops when the dashboard is asked to stop it, and leaves no process behind', async () => {
    const dashboard = await code.view('dashboard');
    await dashboard.getByRole('button', { name: 'Stop long' }).click();
    await code.dialogButton('Stop').waitFor();
    await code.screenshot('long-run-2-question');
    await code.dialogButton('Stop').click();
    await dashboard.getByRole('region', { name: 'Run long' }).getByText('Stopped', { exact: true }).waitFor(training);
    await expect.poll(() => isThere(pid), training).toBe(false);
    const [run] = await listRuns(folder.runsFolder);
    expect(run).toMatchObject({ status: 'stopped', problem: null });
    await code.showSideBar();
    await code.run('stopped').waitFor();
    await code.statusBarItem().waitFor({ state: 'hidden' });
    await code.screenshot('long-run-3-stopped');
  });
});
