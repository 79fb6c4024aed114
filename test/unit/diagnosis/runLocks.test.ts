import { symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runLockFindings } from '../../../src/diagnosis/runLocks';
import { thisHolder, type Holder } from '../../../src/runs/lock/holder';
import { highestNumber, LockFiles } from '../../../src/runs/lock/lockFiles';
import { RunLock } from '../../../src/runs/lock/runLock';
import { fileNames } from '../../../src/runs/model/format';
import { freePid } from '../../fixtures/freePid';
import { newRunFolder } from '../../fixtures/runFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const elsewhere = { pid: 7, host: 'far', space: 'elsewhere', started: 'once' };

/** A run whose lock somebody has, and how long that one is silent. */
async function lockedRun(holder: Partial<Holder>, { number = 1, silent = 0 } = {}) {
  const runsFolder = temporaryFolder();
  const folder = await newRunFolder({}, runsFolder);
  await new LockFiles(folder).make(number, { ...(await thisHolder()), ...holder });
  const then = new Date(Date.now() - silent * 1000);
  await utimes(join(folder, fileNames.lock, String(number)), then, then);
  return { runsFolder, folder, id: basename(folder) };
}

describe('locks of runs', () => {
  it('are none where nobody trains', async () => {
    expect(await runLockFindings(join(temporaryFolder(), 'none'))).toMatchObject([
      { what: 'No run is being trained.' },
    ]);
  });

  it('are told with the process that holds them', async () => {
    const runsFolder = temporaryFolder();
    const folder = await newRunFolder({}, runsFolder);
    const lock = await RunLock.take(folder);
    onTestFinished(() => lock.release());
    const [finding, ...others] = await runLockFindings(runsFolder);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ verdict: 'good', remedy: null });
    expect(finding?.what).toMatch(
      new RegExp(
        `^The run ${basename(folder)} is locked by process ${process.pid} on ${hostname()}, which is running;`,
      ),
    );
    await lock.release();
    const after = await runLockFindings(runsFolder);
    expect(after.every(({ what }) => !what.includes('is locked by'))).toBe(true);
  });

  it('whose holder cannot be looked up are told with what may be done, whether it is heard of or not', async () => {
    const heard = await lockedRun({ ...elsewhere, host: 'far\u001b[2J' });
    const [first] = await runLockFindings(heard.runsFolder);
    expect(first?.verdict).toBe('remark');
    expect(first?.what).toContain(
      String.raw`is locked by process 7 on far\u001b[2J, which cannot be looked up from here`,
    );
    expect(first?.remedy).toContain('silent for 90 seconds');
    const silent = await lockedRun(elsewhere, { silent: 3600 });
    const [second] = await runLockFindings(silent.runsFolder);
    expect(second?.what).toMatch(/it gave its last sign of life 36\d\d seconds ago\.$/);
    expect(second?.remedy).toContain(`\`sfp resume ${silent.id}\``);
  });

  it('of dead processes are told as lost runs, not here', async () => {
    const { runsFolder } = await lockedRun({ pid: await freePid() });
    expect(await runLockFindings(runsFolder)).toMatchObject([{ what: 'No run is being trained.' }]);
  });

  it('after which no higher one can be made are told with the way out', async () => {
    const released = new Date().toISOString();
    const { runsFolder, folder, id } = await lockedRun({ released }, { number: highestNumber });
    expect(await runLockFindings(runsFolder)).toEqual([
      {
        verdict: 'remark',
        what: `The lock of the run ${id} has the number 999999999, and there is no higher one, so nobody can train it.`,
        remedy: `When nobody trains it, delete the folder ${join(folder, fileNames.lock)}.`,
      },
    ]);
    await expect(RunLock.take(folder)).rejects.toThrow('does not work as the lock of its run');
  });

  it('that do not say who holds them, or are something else, are told', async () => {
    const { runsFolder, folder } = await lockedRun({});
    await writeFile(join(folder, fileNames.lock, '2'), '');
    expect((await runLockFindings(runsFolder))[0]?.what).toContain('does not say who holds it');
    const other = await newRunFolder({}, runsFolder);
    await symlink('/', join(other, fileNames.lock));
    const texts = (await runLockFindings(runsFolder)).map(({ what }) => what);
    expect(texts.some((what) => what.includes('is not a folder itself but a link'))).toBe(true);
  });

  it('are told of ten runs at most, those first with which something is to be done', async () => {
    const { runsFolder } = await lockedRun(elsewhere);
    for (let at = 0; at < 11; at++) {
      const lock = await RunLock.take(await newRunFolder({ name: `run${at}` }, runsFolder));
      onTestFinished(() => lock.release());
    }
    const findings = await runLockFindings(runsFolder);
    expect(findings).toHaveLength(11);
    expect(findings[0]?.what).toContain('cannot be looked up');
    expect(findings[10]?.what).toBe('2 more runs are locked.');
  });
});
