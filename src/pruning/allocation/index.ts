import type { Allocation } from './allocation';
import { globalRanking } from './globalRanking';
import { uniform } from './uniform';

export type { Allocation, AllocationContext } from './allocation';

/** Every allocation by its id; one that comes is a file beside this one, a line here and a name in the config's choices. */
export const allocations = { uniform, global: globalRanking } as const satisfies Readonly<Record<string, Allocation>>;

export type AllocationId = keyof typeof allocations;
