import { filtersOf, type Criterion } from './criterion';

/**
 * Filter pruning via geometric median (He et al., CVPR 2019, equation 6): the sum of a filter's Euclidean distances to all
 * filters of its layer. The lowest are the most replaceable by the others. Summed in float64.
 */
export const fpgm: Criterion = {
  id: 'fpgm',
  title: 'geometric median',
  needs: 'weights',
  score: ({ weights }) => {
    const filters = filtersOf(weights);
    const scores = new Float64Array(filters.length);
    for (const [index, filter] of filters.entries()) {
      for (let other = 0; other < index; other++) {
        const apart = distance(filter, filters[other]!);
        scores[index]! += apart;
        scores[other]! += apart;
      }
    }
    return scores;
  },
};

// An indexed loop: a layer of 512 filters has 130,000 pairs, and a pruning waits for them.
function distance(one: Float32Array, other: Float32Array): number {
  let squares = 0;
  for (let index = 0; index < one.length; index++) {
    const difference = one[index]! - other[index]!;
    squares += difference * difference;
  }
  return Math.sqrt(squares);
}
