import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random';
import type { BatchResult, CompiledNetwork, CompileOptions } from '../../src/engines/engine';
import type { LayerGraph } from '../../src/network/graph';
import type { NetworkState } from '../../src/network/state';
import { initialState } from '../../src/network/initialState';
import { cifarResNet } from '../../src/network/zoo/cifarResNet';
import { compact, type Compaction } from '../../src/pruning/compaction/compact';
import { cutOut } from '../../src/pruning/compaction/cutOut';
import { writeBack } from '../../src/pruning/compaction/writeBack';
import { prunableOf } from '../../src/pruning/groups';
import { prunedRows } from '../../src/pruning/held';
import { zeroPruned } from '../../src/pruning/masks';
import { compileCompactTraining } from '../../src/training/loop/compactTraining';
import { gatedNetwork } from '../fixtures/branchingNetworks';
import { relativeDifference } from './pytorchTrajectory';
import { batchSize, randomBatches, randomState } from './randomTraining';
import { testedEngines } from './testedEngines';

/**
 * Training the compact network against the masked one that holds its pruned filters at zero, on the same engine: coupled masks
 * of rate 0.5, with momentum and so much decay that what only decays shows. The two round differently, and now and then a value
 * near zero passes a relu in one of them alone: the dense network's own two kinds of convolutions then part as far. So the deeper
 * network has a low learning rate; the small one is also trained with a rate and a decay that are usual.
 */

const image = { channels: 3, height: 16, width: 16 };

interface Pruned {
  readonly graph: LayerGraph;
  readonly masked: NetworkState;
  readonly held: ReadonlyMap<string, Uint8Array>;
  readonly compaction: Compaction;
  readonly options: CompileOptions;
  readonly learningRate: number;
}

const unusual = { learningRate: 3e-4, weightDecay: 0.2 };
const usual = { learningRate: 0.01, weightDecay: 5e-4 };

function halfPruned(graph: LayerGraph, nesterov: boolean, { learningRate, weightDecay } = unusual): Pruned {
  const { layers, pools } = prunableOf(graph, 'coupled');
  const masks = new Map(layers.map(({ name: layer, filters }) => [layer, new Uint8Array(filters).fill(1)]));
  const random = randomStream(5, graph.name);
  for (const { groups } of pools) {
    const start = random.below(2);
    for (const group of groups.filter((_, index) => index % 2 === start))
      for (const { layer, filter } of group) masks.get(layer)![filter] = 0;
  }
  const held = prunedRows(graph, masks, 'zero');
  const masked = { ...initialState(graph, 3), momenta: randomState(graph).momenta };
  for (const [parameter, rows] of held) zeroPruned(masked.parameters.get(parameter)!, rows);
  const compaction = compact(graph, new Map([...masked.parameters, ...masked.statistics]));
  const importanceOf = new Map([['stem', ['stem.bn.weight', 'stem.bn.bias']]]);
  const optimizer = { momentum: 0.9, nesterov, weightDecay };
  return { learningRate, graph, masked, held, compaction, options: { batchSize, optimizer, importanceOf } };
}

const resnet = (depth: number): LayerGraph => cifarResNet(`resnet${depth}`, depth, image, 10);
const networks = [
  halfPruned(resnet(8), true),
  halfPruned(resnet(8), false, usual),
  halfPruned(resnet(20), false),
  // With squeeze-and-excitation behind depthwise convolutions.
  halfPruned(gatedNetwork([16, 32]), false, usual),
];
const engines = await testedEngines();
const cases = engines.flatMap(({ title, open }) =>
  networks.map((network) => ({ title, name: network.graph.name, rate: network.learningRate, network, open })),
);

async function train(
  network: CompiledNetwork,
  batches: ReturnType<typeof randomBatches>,
  learningRate: number,
): Promise<BatchResult[]> {
  const results = [];
  for (const [index, batch] of batches.entries())
    results.push(await network.step(batch, learningRate / (1 + (index % 3))));
  return results;
}

/** By the largest value of each tensor. */
function expectClose(reached: NetworkState, wanted: NetworkState, tolerance: number): void {
  for (const group of ['parameters', 'momenta', 'statistics'] as const) {
    expect([...reached[group].keys()]).toEqual([...wanted[group].keys()]);
    for (const [name, { data }] of wanted[group])
      expect(relativeDifference(reached[group].get(name)!.data, data), `${group} of ${name}`).toBeLessThan(tolerance);
  }
}

describe.each(cases)('$name compact, rate $rate, $title', ({ network, open }) => {
  const { graph, masked, held, compaction, options, learningRate } = network;

  it('trains for twenty steps as the masked network, and gives its state', async () => {
    const [evaluation, ...batches] = randomBatches(graph, 21);
    const engine = await open();
    const reference = await engine.compile(graph, options);
    await reference.hold(held);
    await reference.writeState(masked);
    const small = await compileCompactTraining(engine, compaction, options, masked);
    await small.hold(held);
    expect(await small.readState()).toEqual(await reference.readState());

    const train20 = async (each: CompiledNetwork) => {
      const first = await train(each, batches.slice(0, 3), learningRate);
      const early = { state: await each.readState(), importance: (await each.readImportance()).rows.get('stem')! };
      return {
        losses: [...first, ...(await train(each, batches.slice(3), learningRate))],
        early,
        late: await each.readState(),
      };
    };
    const [expected, reached] = [await train20(reference), await train20(small)];
    for (const [step, { loss }] of expected.losses.entries())
      expect(Math.abs(reached.losses[step]!.loss / loss - 1), `loss of step ${step}`).toBeLessThan(1e-4);
    expectClose(reached.early.state, expected.early.state, 1e-3);
    expect(relativeDifference(reached.early.importance, expected.early.importance)).toBeLessThan(1e-3);
    // What the compact network does not have, beside what it has come to.
    expectClose(reached.late, writeBack(compaction, expected.late, cutOut(compaction, reached.late)), 1e-5);
    const logits = await reference.predict(evaluation!);
    expect(relativeDifference(await small.predict(evaluation!), logits)).toBeLessThan(1e-2);
    await reference.dispose();
    await small.dispose();
  });

  it('goes on to the same bits from a state and importance that were read', async () => {
    const batches = randomBatches(graph, 6);
    const engine = await open();
    const one = await compileCompactTraining(engine, compaction, options, masked);
    await train(one, batches.slice(0, 3), learningRate);
    const other = await compileCompactTraining(engine, compaction, options, await one.readState());
    await other.writeImportance(await one.readImportance());
    await train(one, batches.slice(3), learningRate);
    await train(other, batches.slice(3), learningRate);
    expect(await other.readState()).toEqual(await one.readState());
    expect(await other.readImportance()).toEqual(await one.readImportance());
    await one.dispose();
    await other.dispose();
  });
});

describe('compact training', () => {
  const { compaction, options, masked, held } = networks[0]!;

  it('holds what was removed and nothing else', async () => {
    const small = await compileCompactTraining(await engines[0]!.open(), compaction, options, masked);
    await expect(small.hold(new Map())).rejects.toThrow(/the rows of "stem.conv.weight" differ/);
    const more = new Map(held).set('stem.conv.weight', new Uint8Array(16));
    await expect(small.hold(more)).rejects.toThrow(/the rows of "stem.conv.weight" differ/);
    const shiftTrained = new Map(held);
    shiftTrained.delete('stem.bn.bias');
    await expect(small.hold(shiftTrained)).rejects.toThrow(/the rows of "stem.bn.bias" differ/);
    await small.dispose();
  });

  it('is refused where batch norm makes constants of removed filters', async () => {
    const shifts = masked.parameters.get('stem.bn.bias')!;
    const parameters = new Map(masked.parameters).set('stem.bn.bias', { ...shifts, data: shifts.data.map(() => 1) });
    const constants = compact(compaction.dense, new Map([...parameters, ...masked.statistics]));
    const compiled = compileCompactTraining(await engines[0]!.open(), constants, options, { ...masked, parameters });
    await expect(compiled).rejects.toThrow(/reads constants of removed filters/);
  });
});
