import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compact } from '../../../../src/pruning/compaction/compact';
import { imagesOf, networkOf, networkPlan } from './randomNetwork';
import { evaluate } from './referenceNetwork';

let worst = 0;
test('any network with any masks gives the same logits', () => {
  fc.assert(
    fc.property(networkPlan, (plan) => {
      const { graph, tensors } = networkOf(plan);
      const small = compact(graph, tensors);
      const images = imagesOf(plan, 2);
      const expected = images.flatMap((image) => [...evaluate(graph, tensors, image)]);
      const actual = images.flatMap((image) => [...evaluate(small.graph, small.tensors, image)]);
      const range = Math.max(...expected) - Math.min(...expected);
      const largest = Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)));
      worst = Math.max(worst, largest / range);
      expect(largest / range).toBeLessThan(1e-5);
    }),
    { numRuns: 500, seed: 1 },
  );
  console.log(worst);
});
