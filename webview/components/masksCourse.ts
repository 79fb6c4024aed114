import type { Pruning } from '../../src/runs/model/history';
import { maskHistory, type MaskHistory } from '../../src/runs/model/maskHistory';

const known = new WeakMap<readonly Pruning[], MaskHistory>();

/** The course of a run's masks; found once for a list of prunings, as that of a long run takes longer than a frame. */
export function masksCourse(prunings: readonly Pruning[]): MaskHistory {
  const found = known.get(prunings) ?? maskHistory(prunings);
  known.set(prunings, found);
  return found;
}
