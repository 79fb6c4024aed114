import type { PrunableLayer } from '../../network/prunableLayers';
import { filtersToPrune } from '../../pruning/masks';
import type { Pool } from '../../pruning/groups';
import { poolScores, prunedGroups, selectMasks, type Masks } from '../../pruning/select';
import type { Evaluation } from '../../runs/model/format';
import type { PoolSensitivity } from '../../runs/model/sensitivity';

/** A network whose filters can be pruned for a look. */
export interface ProbedNetwork {
  readonly layers: readonly PrunableLayer[];
  /** Of the weights as they are: filters that are pruned already stay so at every rate. */
  readonly masks: Masks;
  readonly scores: ReadonlyMap<string, ArrayLike<number>>;
  /** Evaluation of the weights as they are. */
  readonly base: Evaluation;
  /** Evaluation with the filters that these masks prune set to zero; layers without a mask are left as they are. */
  evaluate(masks: Masks): Promise<Evaluation>;
}

/**
 * Accuracy when a pool alone is pruned, at ascending rates. Groups of lowest score go, after those that are pruned already; a
 * rate that prunes as many as the one before is not evaluated again.
 */
export async function poolSensitivity(
  pool: Pool,
  rates: readonly number[],
  network: ProbedNetwork,
): Promise<PoolSensitivity> {
  const layers = network.layers.filter(({ name }) => pool.layers.includes(name));
  const ranks = [poolScores(pool, network.scores)];
  const prunedBefore = prunedGroups(pool, network.masks);
  const points: PoolSensitivity['points'] = [];
  let [pruned, evaluation] = [prunedBefore, network.base];
  for (const rate of rates) {
    const wanted = Math.max(prunedBefore, filtersToPrune(pool.groups.length, rate));
    if (wanted !== pruned) {
      const selection = { selection: 'grow', before: network.masks } as const;
      evaluation = await network.evaluate(selectMasks({ layers, pools: [pool] }, ranks, [wanted], selection));
      pruned = wanted;
    }
    const { loss, accuracy } = evaluation;
    points.push({ rate, pruned, loss: Number.isFinite(loss) ? loss : null, accuracy });
  }
  return { name: pool.name, layers: [...pool.layers], groups: pool.groups.length, prunedBefore, points };
}
