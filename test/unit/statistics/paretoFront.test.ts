import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paretoFront, type Tradeoff } from '../../../src/statistics/paretoFront';

const beats = (one: Tradeoff, other: Tradeoff): boolean =>
  one.gain >= other.gain && one.cost <= other.cost && (one.gain > other.gain || one.cost < other.cost);

test('the front is what nothing else beats, the cheapest first', () => {
  const coarse = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.array(fc.record({ gain: coarse, cost: coarse })), (points) => {
      const front = paretoFront(points);
      expect(new Set(front)).toEqual(new Set(points.filter((point) => !points.some((other) => beats(other, point)))));
      expect(front.map(({ cost }) => cost)).toEqual(front.map(({ cost }) => cost).sort((a, b) => a - b));
    }),
  );
});
