import { expect } from 'vitest';
import type { CompiledNetwork, Engine, Importance } from '../../src/engines/engine';
import type { Layer, LayerGraph } from '../../src/network/graph';
import {
  averagePool,
  batchNorm,
  concat,
  conv,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  input,
  linear,
  maxPool,
  pad,
  prelu,
  relu,
} from '../../src/network/layers';
import type { NetworkState } from '../../src/network/state';
import { relativeDifference } from './pytorchTrajectory';
import { batchSize, randomBatches, randomState } from './randomTraining';

/**
 * Two engines are given the same network and state: what they compute is the same but for rounding. Finite differences do not
 * see a convolution whose groups or filters are in another order than PyTorch's.
 */

/** An image of 6 channels in `norm`, the layers that are looked at, and a way to the loss. */
export function network(name: string, size: number, ...inner: readonly Layer[]): LayerGraph {
  return {
    name,
    layers: [
      input('input', { channels: 3, height: size, width: size + 1 }),
      conv('first', 'input', 6),
      batchNorm('norm', 'first'),
      ...inner,
      flatten('flat', inner.at(-1)!.name),
      linear('classifier', 'flat', 5),
    ],
  };
}

const oblong = { kernel: [1, 3], padding: 1 } as const;

/** A convolution of every geometry that engines have ways of their own for. */
export const convolutionNetworks: readonly LayerGraph[] = [
  network('bias', 7, conv('looked-at', 'norm', 4, { bias: true, stride: 2 }), batchNorm('end', 'looked-at')),
  network('dilation 2', 8, conv('looked-at', 'norm', 4, { dilation: 2 })),
  network('dilation 3, no padding, bias', 9, conv('looked-at', 'norm', 4, { dilation: 3, padding: 0, bias: true })),
  network('dilation 2, stride 2', 8, conv('looked-at', 'norm', 4, { dilation: 2, stride: 2, padding: 1 })),
  network('dilation 2, stride 3', 9, conv('looked-at', 'norm', 4, { dilation: 2, stride: 3 })),
  network('dilation of one tap', 7, conv('looked-at', 'norm', 4, { size: 1, dilation: 2, stride: 2 })),
  network('dilation of a row', 7, { ...conv('looked-at', 'norm', 4, { dilation: 2 }), ...oblong }),
  network('groups', 7, conv('looked-at', 'norm', 9, { groups: 3, bias: true }), batchNorm('end', 'looked-at')),
  network('groups, stride 2', 8, conv('looked-at', 'norm', 4, { groups: 2, stride: 2 })),
  network('groups, dilation 2', 8, conv('looked-at', 'norm', 4, { groups: 2, dilation: 2 })),
  network('depthwise', 7, conv('looked-at', 'norm', 6, { groups: 6 }), batchNorm('end', 'looked-at')),
  network('depthwise of 5x5, stride 2', 8, conv('looked-at', 'norm', 6, { groups: 6, size: 5, stride: 2 })),
  network('depthwise, two filters a channel', 7, conv('looked-at', 'norm', 12, { groups: 6, bias: true })),
  network('depthwise, dilation 2', 8, conv('looked-at', 'norm', 12, { groups: 6, dilation: 2 })),
];

export const otherNetworks: readonly LayerGraph[] = [
  // Behind relu many values of a window are equal.
  network('max pooling of equal values', 8, relu('relu', 'norm'), maxPool('looked-at', 'relu', { size: 3, stride: 1 })),
  network('max pooling', 9, maxPool('looked-at', 'norm', { size: 3, stride: 2, padding: 1, ceil: true })),
  network('average pooling', 9, averagePool('looked-at', 'norm', { size: 3, stride: 2, padding: 1, ceil: true })),
  network(
    'average pooling, padding does not count',
    8,
    averagePool('looked-at', 'norm', { size: 3, stride: 2, padding: 1, countsPadding: false }),
  ),
  network(
    'max pooling of what zeros were put around',
    9,
    pad('around', 'norm', { top: 1, left: 1, bottom: 2, right: 0 }),
    maxPool('looked-at', 'around', { size: 3, stride: 2 }),
  ),
  network(
    'average pooling, uneven padding counts, rounded up',
    7,
    pad('around', 'norm', { top: 1, left: 0, bottom: 2, right: 1 }),
    averagePool('looked-at', 'around', { size: 3, stride: 3, ceil: true }),
  ),
  network(
    'padding',
    6,
    pad('looked-at', 'norm', { top: 0, left: 1, bottom: 2, right: 3 }),
    conv('end', 'looked-at', 4),
  ),
  network(
    'joined vectors',
    6,
    globalMaxPool('largest', 'norm'),
    globalAveragePool('mean', 'norm'),
    concat('joined', 'largest', 'mean'),
    prelu('looked-at', 'joined', true),
    dropout('dropped', 'looked-at', 0.25),
  ),
  network('dropout of images', 6, dropout('looked-at', 'norm', 0.5), prelu('end', 'looked-at')),
];

const options = {
  batchSize,
  optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-3 },
  seed: 3,
};

interface Course {
  readonly losses: readonly number[];
  readonly state: NetworkState;
  readonly importance: Importance;
  readonly logits: Float32Array;
}

/** Some steps with every third filter of the layers that are looked at held at zero. */
export async function course(engine: Engine, graph: LayerGraph, state: NetworkState): Promise<Course> {
  const compiled = await engine.compile(graph, { ...options, importanceOf: importanceSets(graph, state) });
  await compiled.writeState(state);
  const held = [...state.parameters.keys()].filter((name) => layerOf(name) === 'looked-at');
  await compiled.hold(new Map(held.map((name) => [name, thirdsHeld(state, name)])));
  const [evaluation, ...batches] = randomBatches(graph, 4);
  const losses = await trained(compiled, batches);
  const result = {
    losses,
    state: await compiled.readState(),
    importance: await compiled.readImportance(),
    logits: await compiled.predict({ ...evaluation!, count: 5 }),
  };
  await compiled.dispose();
  return result;
}

async function trained(compiled: CompiledNetwork, batches: ReturnType<typeof randomBatches>): Promise<number[]> {
  const losses = [];
  for (const [index, batch] of batches.entries()) losses.push((await compiled.step(batch, 0.02, index)).loss);
  return losses;
}

/** Each parameter for itself, but for weights and biases whose filters a batch norm scales, where that of a filter is rounding. */
function importanceSets({ layers }: LayerGraph, { parameters }: NetworkState): ReadonlyMap<string, readonly string[]> {
  const isNormalised = (name: string): boolean => {
    const readers = layers.filter(({ inputs }) => inputs.includes(name));
    const passOn = readers.filter(({ kind }) => ['concat', 'prelu', 'averagePool'].includes(kind));
    const normalise = readers.filter(({ kind }) => kind === 'batchNorm');
    const areAll = readers.length > 0 && passOn.length + normalise.length === readers.length;
    return areAll && passOn.every((reader) => isNormalised(reader.name));
  };
  const names = [...parameters.keys()].filter((name) => !isNormalised(layerOf(name)));
  return new Map(names.map((name) => [name, [name]]));
}

function layerOf(parameter: string): string {
  return parameter.slice(0, parameter.lastIndexOf('.'));
}

function thirdsHeld({ parameters }: NetworkState, name: string): Uint8Array {
  const rows = parameters.get(name)!.shape[0]!;
  return Uint8Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? 0 : 1));
}

/** Losses, state, importance and logits of both engines are the same but for rounding. */
export async function expectAgreement(engine: Engine, reference: Engine, graph: LayerGraph): Promise<void> {
  const state = randomState(graph);
  const [own, expected] = [await course(engine, graph, state), await course(reference, graph, state)];
  expect(relativeDifference(own.losses, expected.losses)).toBeLessThan(1e-5);
  expect(relativeDifference(own.logits, expected.logits)).toBeLessThan(1e-4);
  for (const group of ['parameters', 'momenta', 'statistics'] as const)
    for (const [name, { data }] of expected.state[group])
      expect(relativeDifference(own.state[group].get(name)!.data, data), `${group} of ${name}`).toBeLessThan(1e-3);
  for (const [set, rows] of expected.importance.rows)
    expect(relativeDifference(own.importance.rows.get(set)!, rows), `importance of ${set}`).toBeLessThan(1e-3);
}
