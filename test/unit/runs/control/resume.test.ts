import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { readyToResume } from '../../../../src/runs/control/resume';
import { stopRun } from '../../../../src/runs/control/trainerProcess';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { readShown, shownStatus } from '../../../../src/runs/folder/status';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { releaseLocks, RunLock } from '../../../../src/runs/lock/runLock';
import type { RunManifest } from '../../../../src/runs/model/format';
import { buildFixture } from '../../../fixtures/builtProgram';
import { Resumers } from '../../../fixtures/resumers';
import { newRunFolder } from '../../../fixtures/runFolder';

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

  test('twice at the same moment starts one trainer, time and again', async () => {
    const resumers = await Resumers.start(2);
    const trainer = await buildFixture('stubbornTrainer');
    const folder = await runThat('stopped');
    for (let round = 0; round < 6; round++) {
      const answers = await resumers.all('resume', folder, trainer);
      expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
      expect(answers.find((answer) => answer !== 'done')).toMatch(/being trained already|still (training|waiting)/);
      expect(await stopRun(folder, { graceSeconds: 10 })).toBe('asked');
      await vi.waitFor(
        async () => {
          expect(await readShown(folder)).toMatchObject({ status: 'stopped' });
        },
        {
          timeout: 10_000,
        },
      );
    }
  });
});
