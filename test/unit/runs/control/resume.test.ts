import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readyToResume } from '../../../../src/runs/control/resume';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { shownStatus } from '../../../../src/runs/folder/status';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { releaseLocks, RunLock } from '../../../../src/runs/lock/runLock';
import type { RunManifest } from '../../../../src/runs/model/format';
import { buildFixture } from '../../../fixtures/builtProgram';
import { startResumers } from '../../../fixtures/resumers';
import { newRunFolder } from '../../../fixtures/runFolder';
import { resumeTogether } from '../../../fuzz/resumedTogether';

async function runThat(status: RunManifest['status']): Promise<string> {
  const folder = await newRunFolder();
  const writer = await RunWriter.open(folder);
  await writer.update({ status });
  return folder;
}

describe('resuming a run', () => {
  test('holds its lock until a trainer is started, and refuses meanwhile in a sentence that says who does', async () => {
    const folder = await runThat('stopped');
    const { locks } = await readyToResume([folder]);
    expect(await shownStatus(folder, await readManifest(folder))).toBe('created');
    await expect(readyToResume([folder])).rejects.toThrow(`still waiting for its turn (process ${process.pid} on `);
    await releaseLocks(locks);
    expect(await shownStatus(folder, await readManifest(folder))).toBe('lost');
    await releaseLocks((await readyToResume([folder])).locks);
  });

  test('changes none of several when one of them cannot go on', async () => {
    const [stopped, held] = [await runThat('stopped'), await runThat('failed')];
    const lock = await RunLock.take(held);
    const refused = readyToResume([stopped, held]);
    const writer = await RunWriter.open(held, lock);
    await writer.update({ status: 'running' });
    await expect(refused).rejects.toThrow(`is still training (process ${process.pid} on `);
    expect(await readManifest(stopped)).toMatchObject({ status: 'stopped' });
    await lock.release();
  });

  test('waits for a trainer that has said that it stopped and is about to end', async () => {
    const folder = await runThat('stopped');
    const lock = await RunLock.take(folder);
    const resumed = readyToResume([folder]);
    await setTimeout(200);
    await lock.release();
    await releaseLocks((await resumed).locks);
  });

  /** `npm run fuzz -- --resumes 24` does it more often. */
  test('twice at the same moment starts one trainer, time and again', async () => {
    const resumers = await startResumers(2);
    const trainer = await buildFixture('stubbornTrainer');
    const folder = await runThat('stopped');
    const { broken, refusals } = await resumeTogether({ folder, resumers, trainer, rounds: 6 });
    expect(broken).toEqual([]);
    expect(Object.values(refusals).reduce((sum, count) => sum + count, 0)).toBe(6);
  });
});
