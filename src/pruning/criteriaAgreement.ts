import type { PrunableLayer } from '../network/prunableLayers';
import type { TensorMap } from '../network/state';
import { criteria, type CriterionId } from './criteria';
import { criteriaOverlap, type CriteriaOverlap } from './criteriaOverlap';
import { zeroFilterMasks } from './held';
import { layerScores } from './layerScores';

/** How far two criteria agree on the filters of one layer that are not pruned yet. */
export interface LayerAgreement extends CriteriaOverlap {
  readonly name: string;
}

export interface CriteriaPair {
  readonly a: CriterionId;
  readonly b: CriterionId;
  /** In the order of the network; layers of which no filter is left are not among them. */
  readonly layers: readonly LayerAgreement[];
}

/** What a criterion that no weights decide, as by gradients, gave the filters in training: scores by layer, [filters]. */
export interface RecordedScores {
  readonly criterion: CriterionId;
  readonly scores: ReadonlyMap<string, ArrayLike<number>>;
}

/**
 * Compares every two criteria that weights and batch norm decide, and one whose scores were recorded in training, on the same
 * weights: rank correlation of the scores (Spearman), and overlap of what each would prune next, `rate` of the filters that are
 * left. Filters that are zero already are left out: all
 * criteria rank them lowest, and would seem to agree by that. Scores are of whole layers, as a criterion gives them.
 */
export function criteriaAgreement(
  layers: readonly PrunableLayer[],
  parameters: TensorMap,
  rate: number,
  recorded: RecordedScores | null = null,
): CriteriaPair[] {
  const compared = [...comparable(layers), ...(recorded ? [recorded.criterion] : [])];
  const masks = zeroFilterMasks(layers, parameters);
  const scores = new Map(
    compared.map((criterion) => [
      criterion,
      layers.map((layer) => {
        const all =
          criterion === recorded?.criterion
            ? recorded.scores.get(layer.name)!
            : layerScores(layer, parameters, { criterion, seed: 0, epoch: -1 }, null);
        return Float64Array.from(all).filter((_, filter) => masks.get(layer.name)![filter] === 1);
      }),
    ]),
  );
  return compared.flatMap((a, index) =>
    compared.slice(index + 1).map((b): CriteriaPair => ({
      a,
      b,
      layers: layers.flatMap(({ name }, at): LayerAgreement[] => {
        const [one, other] = [scores.get(a)![at]!, scores.get(b)![at]!];
        return one.length === 0 ? [] : [{ name, ...criteriaOverlap(one, other, rate) }];
      }),
    })),
  );
}

/** Those that need nothing that a checkpoint lacks. */
function comparable(layers: readonly PrunableLayer[]): CriterionId[] {
  const hasBatchNorm = layers.every(({ batchNorm }) => batchNorm !== null);
  return (Object.keys(criteria) as CriterionId[]).filter((id) => {
    const { needs } = criteria[id];
    return needs === 'weights' || (needs === 'batchNorm' && hasBatchNorm);
  });
}
