import { filtersOf, type Criterion } from './criterion';

/** The norms (sum |w|^p)^(1/p) of SFP's equation 2 (He et al., IJCAI 2018), of float32 weights, summed in float64. */
export const l1: Criterion = {
  id: 'l1',
  title: 'L1 norm',
  needs: 'weights',
  score: ({ weights }) =>
    Float64Array.from(filtersOf(weights), (filter) => filter.reduce((sum, weight) => sum + Math.abs(weight), 0)),
};

export const l2: Criterion = {
  id: 'l2',
  title: 'L2 norm',
  needs: 'weights',
  score: ({ weights }) =>
    Float64Array.from(filtersOf(weights), (filter) =>
      Math.sqrt(filter.reduce((sum, weight) => sum + weight * weight, 0)),
    ),
};
