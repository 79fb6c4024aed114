import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { chooseRunsAtOnce } from '../../../../src/extension/runs/chooseRunsAtOnce';
import type { Queue } from '../../../../src/scheduling/queue/queue';
import { editQueue, readQueue } from '../../../../src/scheduling/queue/queueFile';
import { SplitTables } from '../../../../src/scheduling/queue/splitTables';
import type { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const user = vi.hoisted(() => ({ vsCode: undefined as FakeVsCode | undefined }));
vi.mock('vscode', async () => {
  const { FakeVsCode: Fake } = await import('../../../fixtures/fakeVsCode');
  user.vsCode = new Fake();
  return user.vsCode.module();
});

let queue = '';
let cache = '';
beforeEach(() => {
  user.vsCode!.reset();
  queue = temporaryFolder();
  cache = temporaryFolder();
  vi.stubEnv('SFP_LAB_QUEUE', queue);
  vi.stubEnv('SFP_LAB_CACHE', cache);
});

const slots = async (): Promise<Queue['slots']> => (await readQueue(queue)).slots;
const choose = (chosen: Queue['slots']) => editQueue(queue, (it) => ({ ...it, slots: chosen }));

async function measured(): Promise<void> {
  const about = { title: 'onnxruntime on the CPU', network: 'resnet20', batchSize: 64, cores: 2 };
  const tables = await SplitTables.open(join(cache, 'engines'));
  await tables.add('key', {
    ...about,
    measured: '2026-11-30T19:00:00Z',
    splits: [
      { runs: 1, threads: 2, imagesPerSecond: 703, peakBytes: 2 ** 28 },
      { runs: 2, threads: 1, imagesPerSecond: 909, peakBytes: 2 ** 28 },
    ],
  });
}

test('what was measured is shown, and any of it can be chosen', async () => {
  await measured();
  user.vsCode!.picks = ['1 run'];
  await chooseRunsAtOnce();
  expect(user.vsCode!.described).toEqual([
    ['As many as pay', 'chosen'],
    ['measured: resnet20, batches of 64', undefined],
    ['1 run', '2 threads each · 703 images/s together'],
    ['2 runs at once', '1 thread each · 909 images/s together · the fastest'],
    ['Another number…', undefined],
  ]);
  expect(await slots()).toEqual({ runs: 1, threads: 2 });
});

test('it can be left to the measurement again, and what is chosen is marked', async () => {
  await measured();
  await choose({ runs: 2, threads: 1 });
  user.vsCode!.picks = ['As many as pay'];
  await chooseRunsAtOnce();
  expect(user.vsCode!.described[3]?.[1]).toBe('1 thread each · 909 images/s together · the fastest · chosen');
  expect(await slots()).toBeNull();
});

test.each([
  ['3', { runs: 3, threads: null }],
  [undefined, { runs: 7, threads: null }],
])('another number is asked for, and "%s" is the answer', async (answer, expected) => {
  await choose({ runs: 7, threads: null });
  user.vsCode!.picks = ['Another number…'];
  user.vsCode!.answer = answer;
  await chooseRunsAtOnce();
  expect(user.vsCode!.described.at(-1)).toEqual(['Another number…', 'chosen: 7']);
  expect(await slots()).toEqual(expected);
  expect(user.vsCode!.refused).toEqual(['0', '257', 'many', '1.5']);
});

test('who chooses nothing changes nothing', async () => {
  await choose({ runs: 7, threads: null });
  await chooseRunsAtOnce();
  expect(await slots()).toEqual({ runs: 7, threads: null });
});
