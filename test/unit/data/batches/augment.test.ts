import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Augmentations,
  drawAugmentations,
  fillImages,
  normalisationTables,
} from '../../../../src/data/batches/augment';
import { pixelsOf } from '../../../../src/data/dataset';
import type { Shape } from '../../../../src/network/graph';

const mean = [125.3, 123, 113.9];
const std = [63, 62.1, 66.7];

/** One image, step by step as the words say: mirror, frame of four black pixels, cut out, normalise. */
function naive(image: Uint8Array, { channels, height, width }: Shape, flipped: boolean, top: number, left: number) {
  const at = (channel: number, y: number, x: number): number => image[(channel * height + y) * width + x]!;
  const mirrored = (channel: number, y: number, x: number): number => at(channel, y, flipped ? width - 1 - x : x);
  const framed = (channel: number, y: number, x: number): number =>
    y < 4 || y >= height + 4 || x < 4 || x >= width + 4 ? 0 : mirrored(channel, y - 4, x - 4);
  const result: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = framed(channel, y + top + 4, x + left + 4);
        result.push(Math.fround((value - mean[channel]!) / std[channel]!));
      }
    }
  }
  return result;
}

const size = fc.integer({ min: 4, max: 9 });
const cases = fc.record({ channels: fc.integer({ min: 1, max: 3 }), height: size, width: size }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    images: fc.uint8Array({ minLength: 3 * pixelsOf(shape), maxLength: 3 * pixelsOf(shape) }),
    order: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 5 }),
    seed: fc.nat(),
  }),
);

describe('images of a batch', () => {
  test('are mirrored, cropped out of a black frame and normalised, in this order', () => {
    fc.assert(
      fc.property(cases, ({ shape, images, order, seed }) => {
        const pixels = pixelsOf(shape);
        const augmentations = drawAugmentations(order.length, seed, 0);
        // Anything left from an earlier batch must be overwritten.
        const target = new Float32Array(order.length * pixels).fill(NaN);
        const source = { images, shape, tables: normalisationTables(mean.slice(0, shape.channels), std) };
        fillImages(target, source, Uint32Array.from(order), 0, order.length, augmentations);
        order.forEach((image, position) => {
          const { flipped, top, left } = augmentations;
          const original = images.subarray(image * pixels, (image + 1) * pixels);
          expect([...target.subarray(position * pixels, (position + 1) * pixels)]).toEqual(
            naive(original, shape, flipped[position] === 1, top[position]!, left[position]!),
          );
        });
      }),
    );
  });

  test('are normalised only when nothing is drawn', () => {
    fc.assert(
      fc.property(cases, ({ shape, images, order }) => {
        const pixels = pixelsOf(shape);
        const target = new Float32Array(order.length * pixels);
        const source = { images, shape, tables: normalisationTables(mean.slice(0, shape.channels), std) };
        fillImages(target, source, Uint32Array.from(order), 0, order.length, null);
        const expected = order.flatMap((image) =>
          naive(images.subarray(image * pixels, (image + 1) * pixels), shape, false, 0, 0),
        );
        expect([...target]).toEqual(expected);
      }),
    );
  });

  test('have black pixels, not mean ones, where the crop leaves the image', () => {
    const shape = { channels: 1, height: 4, width: 4 };
    const corner: Augmentations = {
      flipped: Uint8Array.of(0),
      top: Int8Array.of(-4),
      left: Int8Array.of(-4),
    };
    const target = new Float32Array(16);
    const source = { images: new Uint8Array(16).fill(200), shape, tables: normalisationTables([100], [50]) };
    fillImages(target, source, Uint32Array.of(0), 0, 1, corner);
    expect([...target]).toEqual(new Array(16).fill(-2));
  });
});

describe('random changes', () => {
  const count = 50_000;
  const drawn = drawAugmentations(count, 1, 0);

  /** Pearson's chi-square against equal frequencies. */
  const chiSquare = (values: Iterable<number>, classes: number): number => {
    const seen = new Array<number>(classes).fill(0);
    for (const value of values) seen[value]!++;
    return seen.reduce((sum, observed) => sum + (observed - count / classes) ** 2 / (count / classes), 0);
  };

  test('flip every other image and crop at all 81 places alike', () => {
    // One in a million random streams would be beyond these.
    expect(chiSquare(drawn.flipped, 2)).toBeLessThan(24);
    const places = Array.from(drawn.top, (top, index) => (top + 4) * 9 + drawn.left[index]! + 4);
    expect(chiSquare(places, 81)).toBeLessThan(153);
  });

  test('of neighbouring images, epochs and seeds have nothing to do with each other', () => {
    const agreement = (a: Uint8Array, b: Uint8Array): number =>
      a.reduce((same, value, index) => same + Number(value === b[index]), 0) / a.length;
    const flips = (seed: number, epoch: number) => drawAugmentations(count, seed, epoch).flipped;
    for (const other of [drawn.flipped.subarray(1), flips(1, 1), flips(2, 0)]) {
      expect(agreement(other, drawn.flipped)).toBeCloseTo(0.5, 1.5);
    }
  });

  test('are the same for the same seed and epoch, however many images there are', () => {
    const fewer = drawAugmentations(100, 1, 0);
    expect(fewer.flipped).toEqual(drawn.flipped.slice(0, 100));
    expect(fewer.top).toEqual(drawn.top.slice(0, 100));
    expect(fewer.left).toEqual(drawn.left.slice(0, 100));
  });
});

test('numbers that are no bytes are normalised as they are, around zeros', () => {
  const images = Float32Array.from({ length: 32 }, (_, index) => index / 3 - 4);
  const shape = { channels: 2, height: 4, width: 4 };
  const augmentations = { flipped: Uint8Array.of(1), top: Int8Array.of(1), left: Int8Array.of(0) };
  const filled = new Float32Array(32);
  fillImages(filled, { images, shape, mean: [1, 2], std: [2, 4] }, Uint32Array.of(0), 0, 1, augmentations);
  const expected = Float32Array.from({ length: 32 }, (_, place) => {
    const [channel, row, column] = [place >> 4, (place >> 2) & 3, place & 3];
    const value = row === 3 ? 0 : images[16 * channel + 4 * (row + 1) + (3 - column)]!;
    return (value - [1, 2][channel]!) / [2, 4][channel]!;
  });
  filled.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 5);
  });
});
