import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomCrop } from '../../../../src/data/pictures/randomCrop';

const ofSquare = (seed: number, epoch: number, index: number) =>
  randomCrop({ width: 256, height: 256 }, { seed, epoch }, index);

test('a crop lies in the picture, whatever its size, and is the same whenever seed, epoch and picture are', () => {
  const extent = fc.integer({ min: 1, max: 1200 });
  fc.assert(
    fc.property(extent, extent, fc.nat(), fc.nat({ max: 300 }), fc.nat(), (width, height, seed, epoch, index) => {
      const crop = randomCrop({ width, height }, { seed, epoch }, index);
      expect(Math.min(crop.left, crop.top)).toBeGreaterThanOrEqual(0);
      expect(Math.min(crop.width, crop.height)).toBeGreaterThanOrEqual(1);
      expect(crop.left + crop.width).toBeLessThanOrEqual(width);
      expect(crop.top + crop.height).toBeLessThanOrEqual(height);
      expect(randomCrop({ width, height }, { seed, epoch }, index)).toEqual(crop);
    }),
  );
});

test('crops of a square have 8 to 100 % of its area and the ratios of the recipe, and half of them are mirrored', () => {
  const crops = Array.from({ length: 2000 }, (_, index) => ofSquare(1, 0, index));
  const areas = crops.map(({ width, height }) => (width * height) / 256 ** 2);
  const ratios = crops.map(({ width, height }) => width / height);
  expect(Math.min(...areas)).toBeGreaterThan(0.075);
  expect(Math.max(...areas)).toBeLessThanOrEqual(1);
  expect(Math.min(...ratios)).toBeGreaterThan(0.73);
  expect(Math.max(...ratios)).toBeLessThan(1.37);
  const mean = areas.reduce((sum, area) => sum + area) / areas.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.06);
  expect(Math.abs(crops.filter((crop) => crop.flipped).length - 1000)).toBeLessThan(100);
});

test('crops are others in another epoch, of another picture and for another seed', () => {
  const all = [ofSquare(1, 0, 0), ofSquare(1, 1, 0), ofSquare(1, 0, 1), ofSquare(2, 0, 0)];
  expect(new Set(all.map((crop) => JSON.stringify(crop))).size).toBe(4);
});
