import { expect, test } from 'vitest';
import { logitsEquality } from '../../../src/analysis/logitsEquality';
import type { Batch } from '../../../src/engines/engine';
import { isEqual } from '../../../src/runs/model/certificateFindings';

/** Two batches of two images of two classes. */
async function* batches(): AsyncIterable<Batch> {
  for (const labels of [Int32Array.of(0, 1), Int32Array.of(1, 1)])
    yield await Promise.resolve({ count: 2, images: new Float32Array(2), labels });
}

const { signal } = new AbortController();
const always =
  (...logits: number[]) =>
  () =>
    Promise.resolve(Float32Array.from(logits));

test('images, largest difference, range and accuracies are those of all batches', async () => {
  // Of the labels 0 1 1 1 the masked network is right about three, the compact one, whose second logits tie, about one.
  const networks = { masked: always(5, 1, 0, 4), compact: always(5, 1, 4, 4) };
  expect(await logitsEquality(networks, batches(), signal)).toEqual({
    images: 4,
    largestDifference: 4,
    logitsRange: 5,
    accuracy: { masked: 3 / 4, compact: 1 / 4 },
  });
});

test.each([
  ['the masked', always(NaN, 1, 0, 1), always(0, 1, 0, 1)],
  ['the compact', always(0, 1, 0, 1), always(0, 1, 0, NaN)],
  ['either', always(Infinity, 1, 0, 1), always(Infinity, 1, 0, 1)],
])('a logit of %s network that is no finite number makes them unequal', async (_which, masked, compact) => {
  const equality = await logitsEquality({ masked, compact }, batches(), signal);
  expect(isEqual({ equality })).toBe(false);
  // As a certificate keeps it.
  expect(JSON.parse(JSON.stringify(equality))).toEqual(equality);
});

test('as many logits are needed, and a stop is heeded', async () => {
  const networks = { masked: always(1, 2, 3, 4), compact: always(1, 2) };
  await expect(logitsEquality(networks, batches(), signal)).rejects.toThrow('as many logits');
  const stopped = AbortSignal.abort(new Error('stop'));
  await expect(logitsEquality(networks, batches(), stopped)).rejects.toThrow('stop');
});
