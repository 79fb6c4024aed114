import type { TensorMap } from '../../network/state';
import { criteria, type CriterionId } from '../../pruning/criteria';
import { randomStream } from '../../base/random';
import { filtersToPrune, maskOf, zeroPruned } from '../../pruning/masks';
import type { LayerRecord, RunEventOf } from '../../runs/model/format';

/** A layer whose filters are pruned; `weight` names its parameter. */
export interface PrunableWeights {
  readonly name: string;
  readonly filters: number;
  readonly weight: string;
}

export interface SoftPruning {
  /** For layers.bin: the scores just before, and the masks. */
  readonly records: readonly LayerRecord[];
  /** For the event: how many are pruned, and how many came back. */
  readonly layers: RunEventOf<'pruned'>['layers'];
}

/**
 * Soft filter pruning (He et al., IJCAI 2018, algorithm 1): in every layer the floor(N * rate) filters of lowest score are
 * set to zero, chosen afresh from all filters each time. Gradients, momenta and batch norm are left alone, so a filter may return.
 */
export class SoftPruner {
  readonly #masks = new Map<string, Uint8Array>();

  constructor(
    private readonly layers: readonly PrunableWeights[],
    private readonly criterion: CriterionId,
    private readonly rateOf: (layer: string) => number,
    /** Masks of the pruning before, in a run that goes on: by them it is told which filters come back. */
    lastPruning: readonly Pick<LayerRecord, 'name' | 'mask'>[] = [],
  ) {
    for (const { name, mask } of lastPruning) this.#masks.set(name, mask);
  }

  /** Zeroes the pruned filters of `parameters` in place. */
  prune(parameters: TensorMap): SoftPruning {
    const pruned = this.layers.map((layer) => this.#pruneLayer(layer, parameters));
    return { records: pruned.map(({ record }) => record), layers: pruned.map(({ count }) => count) };
  }

  #pruneLayer(
    { name, filters, weight }: PrunableWeights,
    parameters: TensorMap,
  ): { record: LayerRecord; count: SoftPruning['layers'][number] } {
    const weights = parameters.get(weight);
    if (weights === undefined) throw new Error(`The network's state has no parameter "${weight}".`);
    const scores = criteria[this.criterion].score(
      { weights, batchNormScale: null, importance: null, random: () => randomStream(1, name) },
      name,
    );
    const mask = maskOf(scores, filtersToPrune(filters, this.rateOf(name)));
    zeroPruned(weights, mask);
    const before = this.#masks.get(name);
    this.#masks.set(name, mask);
    return {
      record: { name, scores: Float32Array.from(scores), mask },
      count: {
        name,
        filters,
        pruned: mask.filter((kept) => kept === 0).length,
        returned: mask.filter((kept, filter) => kept === 1 && before?.[filter] === 0).length,
      },
    };
  }
}
