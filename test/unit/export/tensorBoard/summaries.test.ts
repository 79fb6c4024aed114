import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { summariesOfRecord } from '../../../../src/export/tensorBoard/summaries';

const valuesOf = (scores: readonly number[], mask = scores.map(() => 1)) =>
  summariesOfRecord([{ name: 'conv', scores: Float32Array.from(scores), mask: Uint8Array.from(mask) }]);

function histogramOf(scores: readonly number[]) {
  const value = valuesOf(scores)[0]!.value!;
  if (value.case !== 'histo') throw new Error('There is no histogram.');
  return value.value;
}

it('counts every score once, the largest in the last bucket', () => {
  const { bucket, bucketLimit, num, sumSquares } = histogramOf([1, 2, 4]);
  expect(bucket).toHaveLength(30);
  expect([bucket!.at(0), bucket!.at(10), bucket!.at(-1)]).toEqual([1, 1, 1]);
  expect([bucketLimit!.at(-1), num, sumSquares]).toEqual([4, 3, 21]);
});

it('puts equal scores into one bucket, and leaves those out that are no numbers', () => {
  expect(histogramOf([2, 2, 2])).toMatchObject({ bucket: [3], bucketLimit: [2], num: 3 });
  expect(histogramOf([NaN, 1, Infinity])).toMatchObject({ bucket: [1], num: 1 });
  expect(histogramOf([NaN])).toEqual({ bucket: [0], bucketLimit: [0] });
});

it('draws a mask by rows of 16 filters, pruned ones black', () => {
  const mask = Array.from({ length: 18 }, (_, filter) => Number(filter !== 17));
  const value = valuesOf(mask, mask)[1]!.value!;
  if (value.case !== 'image') throw new Error('There is no image.');
  const { width, height, data } = decode(value.value.encodedImageString!);
  expect([width, height]).toEqual([128, 16]);
  const pixel = (filter: number): number => data[Math.floor(filter / 16) * 8 * width + (filter % 16) * 8]!;
  expect([0, 16, 17, 18].map(pixel)).toEqual([255, 255, 0, 128]);
});
