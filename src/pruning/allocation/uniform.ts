import { filtersToPrune } from '../masks';
import type { Allocation } from './allocation';

/** In every pool the floor(N * rate) lowest, as in the SFP paper. */
export const uniform: Allocation = {
  id: 'uniform',
  title: 'the rate in every layer',
  needsScores: false,
  pruned: ({ pools, rates }) => pools.map(({ groups }, index) => filtersToPrune(groups.length, rates[index]!)),
};
