import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { l1, l2 } from '../../../../src/pruning/criteria/norms';
import { evidence } from './evidence';

describe('norms', () => {
  const layer = fc.integer({ min: 1, max: 12 }).chain((filters) =>
    fc.integer({ min: 1, max: 20 }).chain((size) =>
      fc
        .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }), {
          minLength: filters * size,
          maxLength: filters * size,
        })
        .map((values) => ({ filters, size, data: Float32Array.from(values) })),
    ),
  );

  test('are the l1 and l2 norms of each filter', () => {
    fc.assert(
      fc.property(layer, ({ filters, size, data }) => {
        const weights = { shape: [filters, size, 1, 1], data };
        for (const [criterion, power] of [
          [l1, 1],
          [l2, 2],
        ] as const) {
          const scores = criterion.score(evidence(weights), 'conv');
          expect(scores).toHaveLength(filters);
          for (let filter = 0; filter < filters; filter++) {
            let sum = 0;
            for (let index = 0; index < size; index++) sum += Math.abs(data[filter * size + index]!) ** power;
            expect(scores[filter]).toBeCloseTo(sum ** (1 / power), 9);
          }
        }
      }),
    );
  });

  test('are summed in float64: small weights count beside a large one', () => {
    const data = new Float32Array(1001).fill(1e-5);
    data[0] = 1000;
    const [score] = l1.score(evidence({ shape: [1, 1001], data }), 'conv');
    expect(score).toBeCloseTo(1000.01, 6);
  });
});
