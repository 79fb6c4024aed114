import type { Importance } from '../../engines/engine';
import type { LayerGraph } from '../../network/graph';
import type { PrunableLayer } from '../../network/prunableLayers';
import type { TensorMap } from '../../network/state';
import type { Allocator } from '../../pruning/allocation/allocate';
import type { CriterionId } from '../../pruning/criteria';
import type { Prunable } from '../../pruning/groups';
import { prunedRows, type BatchNormPolicy } from '../../pruning/held';
import { layerScores } from '../../pruning/layerScores';
import { zeroPruned } from '../../pruning/masks';
import type { ScheduledPruning } from '../../pruning/schedules';
import { poolScores, selectMasks, type Masks } from '../../pruning/select';
import type { LayerRecord, RunEventOf } from '../../runs/model/format';

/** How filters are pruned. */
export interface FilterPruning {
  readonly graph: LayerGraph;
  readonly prunable: Prunable;
  readonly allocator: Allocator;
  readonly criterion: CriterionId;
  readonly batchNorm: BatchNormPolicy;
  readonly seed: number;
}

/** One pruning, when it is due. */
export interface DuePruning extends ScheduledPruning {
  /** -1 before training. */
  readonly epoch: number;
  /** Whether the pruned filters stay out from now on. */
  readonly final: boolean;
}

/** What a pruning came to. */
export interface PrunedFilters {
  /** For layers.bin: the scores just before, and the masks. */
  readonly records: readonly LayerRecord[];
  /** For the event: how many are pruned, and how many came back. */
  readonly layers: RunEventOf<'pruned'>['layers'];
}

/**
 * Chooses the filters of lowest score and sets them to zero (He et al., IJCAI 2018, algorithm 1): the criterion scores, the
 * allocation says how many, coupled filters go together. Gradients and momenta are left alone, and batch norm unless the masks
 * are final and the policy is to make it zero.
 */
export class FilterPruner {
  #masks: Masks;

  constructor(
    private readonly pruning: FilterPruning,
    /** Of the pruning before, in a run that goes on: by them it is told which filters come back. */
    lastPruning: readonly Pick<LayerRecord, 'name' | 'mask'>[] = [],
  ) {
    this.#masks = new Map(lastPruning.map(({ name, mask }) => [name, mask]));
  }

  /** The masks of the newest pruning; none before the first. */
  get masks(): Masks {
    return this.#masks;
  }

  /** Goes on with the masks that a network has, where they are not recorded. */
  adopt(masks: Masks): void {
    this.#masks = masks;
  }

  /** Rows of parameters that are zero as long as the masks are held. */
  get heldRows(): ReadonlyMap<string, Uint8Array> {
    return prunedRows(this.pruning.graph, this.#masks, this.pruning.batchNorm);
  }

  /** Zeroes the pruned filters of `parameters` in place. `importance` is null where the criterion needs none. */
  prune(parameters: TensorMap, due: DuePruning, importance: Importance | null): PrunedFilters {
    const { prunable, allocator } = this.pruning;
    const scores = new Map(
      prunable.layers.map((layer) => [layer.name, this.#scores(layer, parameters, due.epoch, importance)]),
    );
    const ranks = prunable.pools.map((pool) => poolScores(pool, scores));
    const before = this.#masks;
    this.#masks = selectMasks(prunable, ranks, allocator.pruned(ranks, due.share), { ...due, before });
    this.#zero(parameters, due.final);
    return {
      records: prunable.layers.map(({ name }) => ({
        name,
        scores: Float32Array.from(scores.get(name)!),
        mask: this.#masks.get(name)!,
      })),
      layers: prunable.layers.map(({ name, filters }) => {
        const mask = this.#masks.get(name)!;
        return {
          name,
          filters,
          pruned: mask.filter((kept) => kept === 0).length,
          returned: mask.filter((kept, filter) => kept === 1 && before.get(name)?.[filter] === 0).length,
        };
      }),
    };
  }

  #scores(layer: PrunableLayer, parameters: TensorMap, epoch: number, importance: Importance | null): Float64Array {
    const sums = importance?.rows.get(layer.name);
    const mean = sums && importance && importance.steps > 0 ? sums.map((sum) => sum / importance.steps) : null;
    const { criterion, seed } = this.pruning;
    return layerScores(layer, parameters, { criterion, seed, epoch }, mean);
  }

  #zero(parameters: TensorMap, final: boolean): void {
    const policy = final ? this.pruning.batchNorm : 'keep';
    for (const [name, rows] of prunedRows(this.pruning.graph, this.#masks, policy))
      zeroPruned(found(parameters, name), rows);
  }
}

function found(parameters: TensorMap, name: string) {
  const tensor = parameters.get(name);
  if (tensor === undefined) throw new Error(`The network's state has no parameter "${name}".`);
  return tensor;
}
