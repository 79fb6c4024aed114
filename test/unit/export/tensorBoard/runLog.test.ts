import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RunLog } from '../../../../src/export/tensorBoard/runLog';
import { eventFileOfRun } from '../../../fixtures/tensorBoard/run';

/** What TensorBoard itself has read of the event file beside it: `read.py`. */
const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'tensorBoard');

interface Read {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
  readonly histograms: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
  readonly images: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const read = async (): Promise<Read> => JSON.parse(await readFile(join(fixtures, 'read.json'), 'utf8')) as Read;

it('writes the bytes that TensorBoard was given', async () => {
  const given = await readFile(join(fixtures, 'events.out.tfevents.1767225600.sfp-lab'));
  expect(Buffer.compare(eventFileOfRun(), given)).toBe(0);
});

it('TensorBoard reads scalars by steps of the optimiser, and of what was trained twice the later', async () => {
  const { scalars } = await read();
  expect(scalars['accuracy/validation after pruning']).toEqual([
    [10, 0.25],
    [20, 0.375],
  ]);
  expect(scalars['loss/newest steps']).toEqual([
    [4, 2.25],
    [18, 1.5],
  ]);
  expect(scalars['pruning/filters returned']).toEqual([
    [0, 0],
    [10, 4],
    [20, 8],
  ]);
  expect(scalars['pruning/FLOPs saved, exact']!.map(([, value]) => value.toFixed(6))).toEqual(
    Array(3).fill('0.350000'),
  );
  expect(scalars['accuracy/test']).toEqual([[20, 0.625]]);
});

it('TensorBoard reads the scores of every layer as histograms, and its masks as images', async () => {
  const { histograms, images } = await read();
  expect(Object.keys(histograms)).toEqual(['scores/stem', 'scores/stage1.conv']);
  expect(histograms['scores/stage1.conv']).toMatchObject(
    [0, 10, 20].map((step) => ({ step, count: 20, buckets: 30, inBuckets: 20 })),
  );
  expect(histograms['scores/stem']![1]).toMatchObject({ min: 1, max: 1.375, sum: 4.75 });
  expect(images['masks/stem']).toEqual([0, 10, 20].map((step) => [step, 32, 8]));
  expect(images['masks/stage1.conv']![0]).toEqual([0, 128, 16]);
});

it('says nothing of what happens before a run has started', () => {
  const log = new RunLog();
  const time = new Date(0).toISOString();
  expect(log.event({ type: 'progress', time, epoch: 0, step: 1, loss: 1, imagesPerSecond: 1, secondsLeft: null })).toBe(
    null,
  );
  expect(log.record({ epoch: -1, layers: [] }, 0)).toBeNull();
});
