import { describe, expect, it } from 'vitest';
import { runConfigSchema, type ConfigInput } from '../../../../src/config/schema';
import { planPruning } from '../../../../src/experiment/pruningPlan';
import type { LayerGraph } from '../../../../src/network/graph';
import { initialState } from '../../../../src/network/initialState';
import { batchNorm, conv, globalAveragePool, input, linear } from '../../../../src/network/layers';
import type { NetworkState } from '../../../../src/network/state';
import { FilterPruner, type DuePruning } from '../../../../src/training/loop/filterPruner';

const graph: LayerGraph = {
  name: 'small',
  layers: [
    input('input', { channels: 2, height: 4, width: 4 }),
    conv('stem', 'input', 4, { size: 1 }),
    batchNorm('bn', 'stem'),
    conv('second', 'bn', 10, { size: 1 }),
    globalAveragePool('pool', 'second'),
    linear('classifier', 'pool', 2),
  ],
};

function pruner(config: ConfigInput['pruning']): FilterPruner {
  const { pruning } = runConfigSchema.parse({ name: 'test', pruning: config });
  return new FilterPruner({ graph, ...planPruning(graph, pruning), ...pruning, seed: 1 });
}

/** A state whose first layer has these filters of two weights. */
function stateWith(...filters: readonly (readonly [number, number])[]): NetworkState {
  const state = initialState(graph, 1);
  state.parameters.get('stem.weight')!.data.set(filters.flat());
  return state;
}

const due: DuePruning = { epoch: 0, share: 1, selection: 'afresh', final: false };
const valuesOf = (state: NetworkState, name: string) => [...state.parameters.get(name)!.data];

describe('FilterPruner', () => {
  it('zeroes the filters of lowest score and records scores and masks', () => {
    const state = stateWith([3, -4], [1, 1], [-1, 0.5], [2, 2]);
    const { records, layers } = pruner({ criterion: 'l1', rate: 0.5 }).prune(state.parameters, due, null);
    expect(valuesOf(state, 'stem.weight')).toEqual([3, -4, 0, 0, 0, 0, 2, 2]);
    expect(records[0]).toEqual({
      name: 'stem',
      scores: Float32Array.of(7, 2, 1.5, 4),
      mask: Uint8Array.of(1, 0, 0, 1),
    });
    expect(layers[0]).toEqual({ name: 'stem', filters: 4, pruned: 2, returned: 0 });
    expect(layers[1]).toMatchObject({ pruned: 5 });
  });

  it('chooses afresh each time, and counts the filters that came back', () => {
    const some = pruner({ rate: 0.5 });
    some.prune(stateWith([3, 4], [1, 1], [0.1, 0.1], [2, 2]).parameters, due, null);
    const grown = stateWith([3, 4], [9, 9], [0.1, 0.1], [2, 2]).parameters;
    const { records, layers } = some.prune(grown, due, null);
    expect(records[0]?.mask).toEqual(Uint8Array.of(1, 1, 0, 0));
    expect(layers[0]).toMatchObject({ pruned: 2, returned: 1 });
  });

  it('takes each layer’s own rate, rounded down, and the share of it that is due', () => {
    const some = pruner({ rate: 0.3, layers: { second: { rate: 0.8 } } });
    const counts = (share: number) =>
      some.prune(initialState(graph, 1).parameters, { ...due, share }, null).layers.map(({ pruned }) => pruned);
    expect(counts(1)).toEqual([1, 8]);
    expect(counts(0.5)).toEqual([0, 4]);
  });

  it('leaves batch norm alone until the masks are final, and then as the policy says', () => {
    const zeroing = pruner({ rate: 0.5, batchNorm: 'zero' });
    const state = stateWith([3, 4], [1, 1], [0.1, 0.1], [2, 2]);
    zeroing.prune(state.parameters, due, null);
    expect(valuesOf(state, 'bn.weight')).toEqual([1, 1, 1, 1]);
    zeroing.prune(state.parameters, { ...due, final: true }, null);
    expect(valuesOf(state, 'bn.weight')).toEqual([1, 0, 0, 1]);
    expect([...zeroing.heldRows.keys()]).toEqual(['stem.weight', 'bn.weight', 'bn.bias', 'second.weight']);
    const keeping = pruner({ rate: 0.5 });
    const kept = stateWith([3, 4], [1, 1], [0.1, 0.1], [2, 2]);
    keeping.prune(kept.parameters, { ...due, final: true }, null);
    expect(valuesOf(kept, 'bn.weight')).toEqual([1, 1, 1, 1]);
    expect([...keeping.heldRows.keys()]).toEqual(['stem.weight', 'second.weight']);
  });

  it('ranks by the batch norm, or by what training has added up, where the criterion says so', () => {
    const state = stateWith([1, 1], [2, 2], [3, 3], [4, 4]);
    state.parameters.get('bn.weight')!.data.set([0.9, -0.1, 0.2, 0.8]);
    const layers = { second: { rate: 0 } };
    // The second layer has no batch norm, and is not pruned; but its scores are recorded.
    expect(() => pruner({ criterion: 'bn-scale', rate: 0.5 }).prune(state.parameters, due, null)).toThrow(
      '"second" has none',
    );
    const rows = new Map([
      ['stem', Float32Array.of(10, 20, 30, 5)],
      ['second', new Float32Array(10).fill(1)],
    ]);
    const taylor = pruner({ criterion: 'taylor', rate: 0.5, layers });
    const { records } = taylor.prune(state.parameters, due, { steps: 10, rows });
    expect(records[0]).toMatchObject({ scores: Float32Array.of(1, 2, 3, 0.5), mask: Uint8Array.of(0, 1, 1, 0) });
  });

  it('draws the same random scores for the same seed, epoch and layer', () => {
    const scores = (epoch: number) =>
      pruner({ criterion: 'random', rate: 0.5 }).prune(stateWith([1, 1]).parameters, { ...due, epoch }, null)
        .records[0]!.scores;
    expect(scores(3)).toEqual(scores(3));
    expect(scores(3)).not.toEqual(scores(4));
  });
});
