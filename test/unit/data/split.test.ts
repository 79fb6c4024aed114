import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitDataset } from '../../../src/data/split';
import { UserError } from '../../../src/base/errors';

const sized = (training: number, testCount: number) => ({
  name: 'cifar10',
  training: { count: training },
  test: { count: testCount },
});

const cases = fc.integer({ min: 1, max: 300 }).chain((training) =>
  fc.record({
    dataset: fc.integer({ min: 1, max: 100 }).map((testCount) => sized(training, testCount)),
    validation: fc.integer({ min: 0, max: training - 1 }),
    limit: fc.option(fc.integer({ min: 1, max: 400 })),
    shuffle: fc.boolean(),
    seed: fc.nat({ max: 0xffffffff }),
  }),
);

describe('splitDataset', () => {
  test('takes each image once at most, in ascending order, and as many as wanted', () => {
    fc.assert(
      fc.property(cases, ({ dataset, ...options }) => {
        const { training, validation, test: testImages } = splitDataset(dataset, options);
        const most = options.limit ?? Infinity;
        expect(training).toHaveLength(Math.min(most, dataset.training.count - options.validation));
        expect(validation).toHaveLength(Math.min(most, options.validation));
        expect(testImages).toHaveLength(Math.min(most, dataset.test.count));
        expect(new Set([...training, ...validation]).size).toBe(training.length + validation.length);
        expect(new Set(testImages).size).toBe(testImages.length);
        for (const [part, count] of [
          [training, dataset.training.count],
          [validation, dataset.training.count],
          [testImages, dataset.test.count],
        ] as const) {
          expect([...part]).toEqual([...part].sort((a, b) => a - b));
          expect(part.every((index) => index < count)).toBe(true);
        }
      }),
    );
  });

  test('is decided by the seed', () => {
    const split = (seed: number) =>
      splitDataset(sized(1000, 10), { validation: 100, limit: null, shuffle: true, seed });
    expect(split(1)).toEqual(split(1));
    expect(split(1).validation).not.toEqual(split(2).validation);
  });

  test('moves no image between training and validation when there is a limit', () => {
    fc.assert(
      fc.property(cases, ({ dataset, ...options }) => {
        const all = splitDataset(dataset, { ...options, limit: null });
        const some = splitDataset(dataset, options);
        const within = (part: Uint32Array, whole: Uint32Array) => part.every((index) => whole.includes(index));
        expect(within(some.training, all.training)).toBe(true);
        expect(within(some.validation, all.validation)).toBe(true);
      }),
    );
  });

  test('chooses validation images from the whole training set', () => {
    const { validation } = splitDataset(sized(50_000, 10), { validation: 5000, limit: null, shuffle: true, seed: 1 });
    const tenths = new Array<number>(10).fill(0);
    for (const index of validation) tenths[Math.floor(index / 5000)]!++;
    for (const seen of tenths) expect(Math.abs(seen - 500)).toBeLessThan(110);
  });

  test('takes the first images, whatever the seed, when they are not to be shuffled', () => {
    const options = { validation: 0, limit: 6, shuffle: false };
    for (const seed of [1, 2]) {
      const { training, validation } = splitDataset(sized(10, 10), { ...options, seed });
      expect([[...training], validation.length]).toEqual([[0, 1, 2, 3, 4, 5], 0]);
    }
  });

  test('spreads a limited test set over the whole', () => {
    const { test: testImages } = splitDataset(sized(10, 10), { validation: 0, limit: 5, shuffle: true, seed: 1 });
    expect([...testImages]).toEqual([0, 2, 4, 6, 8]);
  });

  test('refuses to hold out everything', () => {
    const hold = (validation: number) => () =>
      splitDataset(sized(50, 10), { validation, limit: null, shuffle: true, seed: 1 });
    expect(hold(49)).not.toThrow();
    expect(hold(50)).toThrow(UserError);
    expect(hold(50)).toThrow('data.validation is 50, which leaves none of the 50 training images of cifar10; 49');
  });
});

test('a validation part that the data set brings along is taken as it is, whatever the seed, or left out', () => {
  const own = { name: 'own', training: { count: 10, validationFrom: 7 }, test: { count: 4 } };
  const part = (options: Partial<Parameters<typeof splitDataset>[1]>) =>
    splitDataset(own, { validation: null, limit: null, shuffle: true, seed: 1, ...options });
  expect([...part({}).validation]).toEqual([7, 8, 9]);
  expect([...part({}).training]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([...part({ validation: 0 }).validation]).toEqual([]);
  const few = part({ limit: 2, seed: 5 });
  expect([few.training.length, ...few.validation]).toEqual([2, 7, 8]);
  expect([...few.training].every((index) => index < 7)).toBe(true);
  expect([...part({ limit: 3, shuffle: false }).training]).toEqual([0, 1, 2]);
});

test('without a number a tenth is held out, one image at least', () => {
  const held = (count: number) =>
    splitDataset(sized(count, 3), { validation: null, limit: null, shuffle: true, seed: 1 }).validation.length;
  expect([held(100), held(7)]).toEqual([10, 1]);
});

test('broken images are left out of the part that they would be in, and move no other', () => {
  const options = { validation: 3, limit: null, shuffle: true, seed: 1 };
  const whole = splitDataset(sized(10, 4), options);
  const broken = [whole.training[0]!, whole.validation[1]!];
  const {
    training,
    validation,
    test: testImages,
  } = splitDataset({ name: 'set', training: { count: 10, broken }, test: { count: 4, broken: [2] } }, options);
  expect([...training]).toEqual([...whole.training].filter((index) => !broken.includes(index)));
  expect([...validation]).toEqual([...whole.validation].filter((index) => !broken.includes(index)));
  expect([...testImages]).toEqual([0, 1, 3]);
});
