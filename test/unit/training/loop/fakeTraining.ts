import { runConfigSchema, type ConfigInput } from '../../../../src/config/schema';
import type { BatchLoader } from '../../../../src/data/batches/batches';
import type { Batch, CompiledNetwork, Importance } from '../../../../src/engines/engine';
import { runSchedule } from '../../../../src/experiment/runSchedule';
import { planPruning } from '../../../../src/experiment/pruningPlan';
import type { LayerGraph } from '../../../../src/network/graph';
import { initialState } from '../../../../src/network/initialState';
import { batchNorm, conv, globalAveragePool, input, linear, relu } from '../../../../src/network/layers';
import type { NetworkState } from '../../../../src/network/state';
import type { PruningRecord, UntimedEvent } from '../../../../src/runs/model/format';
import type { TrainingJournal } from '../../../../src/training/loop/trainingJournal';
import type { TrainingSetup } from '../../../../src/training/loop/trainingSetup';

export const graph: LayerGraph = {
  name: 'fake',
  layers: [
    input('input', { channels: 1, height: 4, width: 4 }),
    conv('conv', 'input', 8),
    batchNorm('bn', 'conv'),
    relu('relu', 'bn'),
    globalAveragePool('pool', 'relu'),
    linear('classifier', 'pool', 2),
  ],
};

/**
 * A network without an engine: a step adds one to every weight that is not held, so that pruned filters come back where they
 * may, and the evaluation counts the filters that are there. What it is asked is noted in `calls`.
 */
export class FakeNetwork implements CompiledNetwork {
  readonly operators = null;
  readonly calls: string[] = [];
  #state: NetworkState = initialState(graph, 1);
  #held: ReadonlyMap<string, Uint8Array> = new Map();
  #steps = 0;

  /** @param staysDead Whether a filter that is zero has no gradient, as behind ReLU with a shift of zero. */
  constructor(private readonly staysDead = false) {}

  step(): Promise<{ loss: number; correct: number }> {
    this.#steps += 1;
    const { shape, data } = this.#state.parameters.get('conv.weight')!;
    const size = data.length / shape[0]!;
    for (const index of data.keys()) {
      const filter = Math.floor(index / size);
      const isDead = this.staysDead && data[index] === 0;
      if (this.#held.get('conv.weight')?.[filter] !== 0 && !isDead) data[index]! += 1;
    }
    return Promise.resolve({ loss: 1 / this.#steps, correct: 1 });
  }

  evaluate({ count }: Batch): Promise<{ loss: number; correct: number }> {
    this.calls.push('evaluate');
    return Promise.resolve({ loss: 0.5, correct: (count * this.#filtersThere()) / 8 });
  }

  predict(): Promise<Float32Array> {
    throw new Error('The loop predicts nothing.');
  }

  readState(): Promise<NetworkState> {
    return Promise.resolve(structuredClone(this.#state));
  }

  writeState(state: NetworkState): Promise<void> {
    this.calls.push('writeState');
    this.#state = structuredClone(state);
    return Promise.resolve();
  }

  hold(rows: ReadonlyMap<string, Uint8Array>): Promise<void> {
    this.calls.push(`hold ${[...rows.keys()].join(' ') || 'nothing'}`);
    this.#held = rows;
    return Promise.resolve();
  }

  readImportance(): Promise<Importance> {
    return Promise.resolve({
      steps: this.#steps,
      rows: new Map([['conv', Float32Array.from({ length: 8 }, (_, i) => i)]]),
    });
  }

  writeImportance({ steps }: Importance): Promise<void> {
    this.calls.push(`importance of ${steps} steps`);
    this.#steps = steps;
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  #filtersThere(): number {
    const { data } = this.#state.parameters.get('conv.weight')!;
    return Array.from({ length: 8 }, (_, filter) => data.subarray(filter * 9, filter * 9 + 9)).filter((weights) =>
      weights.some((weight) => weight !== 0),
    ).length;
  }
}

/** Keeps what the loop tells. */
export class FakeJournal implements TrainingJournal {
  readonly events: UntimedEvent[] = [];
  readonly records: PruningRecord[] = [];

  event(event: UntimedEvent): Promise<void> {
    this.events.push(event);
    return Promise.resolve();
  }
  progress(): void {
    // Nobody looks at it.
  }
  record(record: PruningRecord): Promise<number> {
    return Promise.resolve(this.records.push(record) - 1);
  }
  log(): Promise<void> {
    return Promise.resolve();
  }
  keep(): Promise<void> {
    return Promise.resolve();
  }
}

const loader: BatchLoader = {
  async *epoch(order, options) {
    await Promise.resolve();
    for (let at = options?.from ?? 0; at < order.length; at += 2)
      yield { count: 2, images: new Float32Array(32), labels: new Int32Array(2) };
  },
  dispose: () => Promise.resolve(),
};

/** A run of four training images in batches of two, with this pruning and so many epochs. */
export function fakeSetup(network: CompiledNetwork, pruning: ConfigInput['pruning'], epochs: number): TrainingSetup {
  const config = runConfigSchema.parse({ name: 'fake', training: { epochs, batchSize: 2 }, pruning });
  const plan = planPruning(graph, config.pruning);
  const { criterion, batchNorm: policy } = config.pruning;
  return {
    config,
    graph,
    network,
    compactTraining: () => Promise.resolve({ whyNot: 'This is a test.' }),
    pruning: { ...plan, graph, criterion, batchNorm: policy, seed: 1 },
    schedule: runSchedule(config),
    needsImportance: criterion === 'taylor',
    forecast: plan.savings,
    lastFilters: plan.lastFilters,
    engine: { id: 'fake', name: 'onnxruntime', device: 'none', threads: 2, versions: {}, reason: 'A test.' },
    classes: 2,
    split: { training: Uint32Array.of(0, 1, 2, 3), validation: Uint32Array.of(4, 5), test: Uint32Array.of(0, 1) },
    stepsPerEpoch: 2,
    trainingLoader: loader,
    testLoader: loader,
    warnings: [],
    imported: null,
    dispose: () => Promise.resolve(),
  };
}
