import { expect, test } from 'vitest';
import { timeConvolutions } from '../../../src/latency/timeConvolutions';
import type { TimedModel, TimedModels } from '../../../src/engines/latency/interleaved';
import { spreadOf } from '../../../src/engines/latency/spread';
import { pairsToMeasure } from '../../../src/layerTimes/grid';

const shape = { kernel: 3, height: 4, width: 4, most: 8 };
const options = { threads: 1, batchSize: 1 };
const steadiness = { usedByOthers: 0.1, slowRound: 3, fastRound: 2 };

/** A chain takes 100 s for what is around it, and the product of its widths for each convolution. */
function time(models: readonly TimedModel[]): Promise<TimedModels> {
  const spreads = models.map(({ name }) => {
    const [one, other, length] = /^(\d+)-(\d+) x (\d)$/.exec(name)!.slice(1).map(Number) as [number, number, number];
    const seconds = 100 + 2 * length * one * other;
    return spreadOf([seconds, seconds + 50, seconds + 80]);
  });
  return Promise.resolve({ spreads, steadiness });
}

test('a convolution takes what longer chains take more, by their lowest times', async () => {
  const { shapes } = await timeConvolutions([shape], options, { time });
  expect(shapes).toEqual([
    {
      ...shape,
      pairs: pairsToMeasure(8).map(([one, other]) => [one, other, expect.closeTo(one * other, 9) as number]),
    },
  ]);
});

test('steadiness is that of all groups together, and progress grows', async () => {
  const told: number[] = [];
  const onProgress = (fraction: number): void => void told.push(fraction);
  const { steadiness: all } = await timeConvolutions([shape, { ...shape, kernel: 1 }], options, { time, onProgress });
  expect(all.usedByOthers).toBeCloseTo(0.1);
  expect(all.slowRound / all.fastRound).toBeCloseTo(1.5);
  expect(told[0]).toBe(0);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.every((fraction) => fraction < 1)).toBe(true);
});

test('what noise turns around is next to nothing, and never negative', async () => {
  const flat = (models: readonly TimedModel[]) =>
    Promise.resolve({ spreads: models.map(({ name }) => spreadOf([name.endsWith('3') ? 1 : 2])), steadiness });
  const { shapes } = await timeConvolutions([shape], options, { time: flat });
  expect(shapes[0]!.pairs.every(([, , seconds]) => seconds > 0 && seconds < 1e-6)).toBe(true);
});
