import { describe, expect, it } from 'vitest';
import type { Batch, BatchResult, CompiledNetwork } from '../../src/engines/engine';
import type { LayerGraph } from '../../src/network/graph';
import { batchNorm, conv, globalAveragePool, input, linear, relu } from '../../src/network/layers';
import type { NetworkState, Tensor, TensorMap } from '../../src/network/state';
import { everyLayer } from './everyLayer';
import { relativeDifference } from './pytorchTrajectory';
import { batchSize, randomBatches, randomState } from './randomTraining';
import { testedEngines } from './testedEngines';

const options = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-3 } };
const learningRate = 0.01;
const network = everyLayer({ channels: 3, height: 8, width: 8 }, 10);
const start = randomState(network);
const batches = randomBatches(network, 20);

/** Rows of every kind of parameter: every third one, and all of a batch norm's shifts. */
const held = new Map(
  [
    'stem.conv.weight',
    'stem.bn.weight',
    'plain.conv.weight',
    'down.conv.weight',
    'down.projection.weight',
    'classifier.weight',
    'classifier.bias',
  ].map((name) => [name, Uint8Array.from({ length: rowsOf(start, name) }, (_, row) => (row % 3 === 1 ? 0 : 1))]),
).set('down.bn.bias', new Uint8Array(32));

describe.each(await testedEngines())('held rows with $title', ({ open }) => {
  it('are zero at once and through twenty steps with momentum and decay, while the others are trained', async () => {
    const compiled = await compile(network, start);
    await compiled.hold(held);
    const before = await compiled.readState();
    expect(before.parameters).toEqual(withZeros(start.parameters));
    expect(before.momenta).toEqual(withZeros(start.momenta));
    expect(before.statistics).toEqual(start.statistics);

    await train(compiled, batches);
    const after = await compiled.readState();
    for (const group of ['parameters', 'momenta'] as const)
      for (const [name, marks] of held)
        expect(movedRows(before[group].get(name)!, after[group].get(name)!), `${group} of ${name}`).toEqual([...marks]);
    expect(after.parameters).toEqual(withZeros(after.parameters));
    expect(after.momenta).toEqual(withZeros(after.momenta));
    await compiled.dispose();
  });

  it('leave a network that trains as the one without these filters', async () => {
    const [wide, narrow] = [chain('chain', 32), chain('chain', 16)];
    const kept = Array.from({ length: 32 }, (_, filter) => filter).filter((filter) => (filter * 7) % 32 < 16);
    const wideStart = randomState(wide);
    const marks = Uint8Array.from({ length: 32 }, (_, filter) => (kept.includes(filter) ? 1 : 0));
    const steps = randomBatches(wide, 20);

    const masked = await compile(wide, wideStart);
    await masked.hold(new Map(['first.weight', 'norm.weight', 'norm.bias'].map((name) => [name, marks])));
    const results = await train(masked, steps);
    const reached = narrowed(await masked.readState(), kept);
    await masked.dispose();
    const compact = await compile(narrow, narrowed(wideStart, kept));
    const expectedResults = await train(compact, steps);
    const expected = await compact.readState();
    await compact.dispose();

    const losses = (each: readonly BatchResult[]) => each.map(({ loss }) => loss);
    expect(relativeDifference(losses(results), losses(expectedResults))).toBeLessThan(1e-5);
    for (const group of ['parameters', 'momenta', 'statistics'] as const)
      for (const [name, { data }] of expected[group])
        expect(relativeDifference(reached[group].get(name)!.data, data), `${group} of ${name}`).toBeLessThan(1e-4);
  });

  it('stay at zero in a state that is written', async () => {
    const compiled = await compile(network, start);
    await compiled.hold(held);
    await train(compiled, batches.slice(0, 2));
    await compiled.writeState(start);
    const { parameters, momenta } = await compiled.readState();
    expect(parameters).toEqual(withZeros(start.parameters));
    expect(momenta).toEqual(withZeros(start.momenta));
    await compiled.dispose();
  });

  it('go on in a network compiled anew as they would have', async () => {
    const one = await compile(network, start);
    await one.hold(held);
    await train(one, batches.slice(0, 3));
    const other = await compile(network, await one.readState());
    await other.hold(held);
    const [results, expected] = [await train(other, batches.slice(3, 6)), await train(one, batches.slice(3, 6))];
    expect(results).toEqual(expected);
    expect(await other.readState()).toEqual(await one.readState());
    await one.dispose();
    await other.dispose();
  });

  it('are trained again when they are let go, and others held', async () => {
    const compiled = await compile(network, start);
    await compiled.hold(held);
    await train(compiled, batches.slice(0, 2));
    await compiled.hold(new Map([['stem.bn.bias', new Uint8Array(16)]]));
    await train(compiled, batches.slice(2, 4));
    const { parameters } = await compiled.readState();
    expect(movedRows(withZeros(start.parameters).get('classifier.bias')!, parameters.get('classifier.bias')!)).toEqual(
      new Array(10).fill(1),
    );
    expect([...parameters.get('stem.bn.bias')!.data].every((value) => value === 0)).toBe(true);
    await compiled.hold(new Map());
    await train(compiled, batches.slice(4, 5));
    expect((await compiled.readState()).parameters.get('stem.bn.bias')!.data.some((value) => value !== 0)).toBe(true);
    await compiled.dispose();
  });

  it('are refused, and nothing is changed, where a name or a length does not fit', async () => {
    const compiled = await compile(network, start);
    const hold = (name: string, length: number) => compiled.hold(new Map([[name, new Uint8Array(length)]]));
    await expect(hold('stem.bn.running_mean', 16)).rejects.toThrow(/no parameter "stem.bn.running_mean"/);
    await expect(hold('stem.bn.weight', 15)).rejects.toThrow(/"stem.bn.weight" has 16 rows, but 15/);
    expect(await compiled.readState()).toEqual(start);
    await compiled.dispose();
  });

  async function compile(graph: LayerGraph, state: NetworkState): Promise<CompiledNetwork> {
    const compiled = await (await open()).compile(graph, options);
    await compiled.writeState(state);
    return compiled;
  }
});

async function train(compiled: CompiledNetwork, steps: readonly Batch[]): Promise<BatchResult[]> {
  const results = [];
  for (const batch of steps) results.push(await compiled.step(batch, learningRate));
  return results;
}

/** A layer of filters between the images and a second layer. */
function chain(name: string, filters: number): LayerGraph {
  return {
    name,
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('first', 'input', filters),
      batchNorm('norm', 'first'),
      relu('relu', 'norm'),
      conv('second', 'relu', 16, { stride: 2 }),
      globalAveragePool('pool', 'second'),
      linear('classifier', 'pool', 5),
    ],
  };
}

/** The state of the chain with the kept filters alone. */
function narrowed({ parameters, momenta, statistics }: NetworkState, kept: readonly number[]): NetworkState {
  const narrow = (tensors: TensorMap): TensorMap =>
    new Map(
      [...tensors].map(([name, tensor]) => {
        if (name.startsWith('first.') || name.startsWith('norm.')) return [name, taken(tensor, 0, kept)];
        return [name, name === 'second.weight' ? taken(tensor, 1, kept) : tensor];
      }),
    );
  return { parameters: narrow(parameters), momenta: narrow(momenta), statistics: narrow(statistics) };
}

function taken({ shape, data }: Tensor, axis: number, kept: readonly number[]): Tensor {
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const values = data.filter((_, index) => kept.includes(Math.floor(index / inner) % shape[axis]!));
  return { shape: shape.with(axis, kept.length), data: values };
}

/** The tensors with zeros in all held rows. */
function withZeros(tensors: TensorMap): TensorMap {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => {
      const width = data.length / shape[0]!;
      const marks = held.get(name);
      return [
        name,
        { shape, data: data.map((value, index) => (marks?.[Math.floor(index / width)] === 0 ? 0 : value)) },
      ];
    }),
  );
}

/** 1 for rows with a value that is another one, 0 for the others. */
function movedRows(before: Tensor, after: Tensor): number[] {
  const width = before.data.length / before.shape[0]!;
  return Array.from({ length: before.shape[0]! }, (_, row) =>
    before.data
      .subarray(row * width, (row + 1) * width)
      .some((value, index) => value !== after.data[row * width + index])
      ? 1
      : 0,
  );
}

function rowsOf({ parameters }: NetworkState, name: string): number {
  return parameters.get(name)!.shape[0]!;
}
