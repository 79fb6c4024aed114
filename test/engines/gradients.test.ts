import { describe, expect, it } from 'vitest';
import type { Batch, CompiledNetwork } from '../../src/engines/engine';
import type { Layer, LayerGraph } from '../../src/network/graph';
import { initialState } from '../../src/network/initialState';
import {
  add,
  averagePool,
  batchNorm,
  channelScatter,
  concat,
  conv,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  hardSwish,
  input,
  leakyRelu,
  linear,
  maxPool,
  multiply,
  pad,
  prelu,
  relu,
  relu6,
  sigmoid,
  silu,
  subsamplePad,
} from '../../src/network/layers';
import { imageShape } from '../../src/network/shapes';
import type { NetworkState, Tensor, TensorMap } from '../../src/network/state';
import { randomStream, type RandomStream } from '../../src/base/random';
import { testedEngines } from './testedEngines';

/**
 * Hand-derived gradients against finite differences of the loss that the engine itself computes.
 * With momentum 0 and no decay the momenta after a step are the gradients. Each is compared along random directions:
 * one number a tensor and direction, in which every element's mistake shows.
 */

const batchSize = 16;
const plainDescent = { momentum: 0, nesterov: false, weightDecay: 0 };
/** Length of a step along a direction: long enough for float32, short enough for the curvature and the kinks of relu. */
const stepLength = 1e-3;
const directionsPerTensor = 3;

/** A convolution, then the layers that are looked at, then the way to the loss: what comes back to `first` has passed them. */
function network(
  name: string,
  channels: number,
  filters: number,
  size: number,
  inner: readonly Layer[],
  head: readonly Layer[] = [linear('classifier', 'pool', 5)],
): LayerGraph {
  return {
    name,
    layers: [
      input('input', { channels, height: size, width: size }),
      conv('first', 'input', filters),
      ...inner,
      globalAveragePool('pool', inner.at(-1)?.name ?? 'first'),
      ...head,
    ],
  };
}

/** Blocked convolutions keep channels in blocks of 8 or 16: whole ones, less than one, and a part beside whole ones. */
const widthsFor = (blocked: boolean): readonly number[] => (blocked ? [16, 5, 17] : [5]);

const networksOf = (filters: number): LayerGraph[] => [
  network('dense, pool and convolution', 3, filters, 6, []),
  network('convolution, stride 1', 3, filters, 7, [conv('looked-at', 'first', filters)]),
  network('convolution, stride 2', 2, filters, 8, [conv('looked-at', 'first', 2 * filters, { stride: 2 })]),
  network('convolution 1x1, stride 2', 3, filters, 8, [conv('looked-at', 'first', filters, { size: 1, stride: 2 })]),
  network('batch norm', 3, filters, 6, [batchNorm('looked-at', 'first')]),
  network('relu', 3, filters, 8, [batchNorm('norm', 'first'), relu('looked-at', 'norm')]),
  network('add of two paths', 3, filters, 6, [conv('second', 'first', filters), add('looked-at', 'second', 'first')]),
  network('subsample and pad', 3, filters, 8, [
    subsamplePad('shortcut', 'first', 2, filters),
    conv('second', 'first', 2 * filters, { stride: 2 }),
    batchNorm('norm', 'second'),
    add('looked-at', 'norm', 'shortcut'),
    relu('end', 'looked-at'),
  ]),
  network('dense after dense', 3, filters, 6, [], [linear('hidden', 'pool', 7), linear('classifier', 'hidden', 5)]),
  network(
    'dense, relu, dense',
    3,
    filters,
    6,
    [],
    [linear('hidden', 'pool', 8), relu('looked-at', 'hidden'), linear('classifier', 'looked-at', 5)],
  ),
  network('subsample by 3, rows left over', 3, filters, 8, [subsamplePad('looked-at', 'first', 3, filters)]),
  // No relu keeps what comes back through the appended channels away from the convolution.
  network('subsample and pad, then convolution', 3, filters, 8, [
    subsamplePad('looked-at', 'first', 2, 3),
    conv('second', 'looked-at', filters),
  ]),
  network('scatter of channels', 3, filters, 6, [
    conv('second', 'first', 3),
    channelScatter('looked-at', 'second', filters, [4, 0, 2]),
    add('sum', 'looked-at', 'first'),
    conv('third', 'sum', filters),
  ]),
];

/** The kinds of layers that other people's networks have; each comes behind batch norm, so that few values are near a kink. */
const otherNetworksOf = (filters: number): LayerGraph[] => {
  const norm = [batchNorm('norm', 'first')];
  const behindNorm = (name: string, size: number, ...layers: Layer[]): LayerGraph =>
    network(name, 3, filters, size, [...norm, ...layers, conv('last', layers.at(-1)!.name, filters)]);
  const atNorm = 'norm';
  return [
    network('convolution with bias', 3, filters, 6, [conv('looked-at', 'first', filters, { bias: true })]),
    network('convolution with bias, stride 2, batch norm', 3, filters, 8, [
      conv('looked-at', 'first', filters, { bias: true, stride: 2 }),
      batchNorm('norm', 'looked-at'),
    ]),
    network('dilated convolution', 3, filters, 8, [conv('looked-at', 'first', filters, { dilation: 2 })]),
    network('dilated convolution, stride 2', 3, filters, 9, [
      conv('looked-at', 'first', filters, { dilation: 2, stride: 2, padding: 1 }),
    ]),
    network('depthwise convolution', 3, filters, 7, [conv('looked-at', 'first', filters, { groups: filters })]),
    network('depthwise convolution, stride 2, bias', 3, filters, 8, [
      conv('looked-at', 'first', filters, { groups: filters, stride: 2, bias: true }),
      batchNorm('norm', 'looked-at'),
    ]),
    network('depthwise convolution of 5x5', 3, filters, 8, [
      conv('looked-at', 'first', filters, { groups: filters, size: 5 }),
    ]),
    network('two depthwise filters a channel', 3, filters, 6, [
      conv('looked-at', 'first', 2 * filters, { groups: filters }),
    ]),
    network('grouped convolution', 3, 6, 7, [conv('looked-at', 'first', 12, { groups: 3, stride: 2 })]),
    behindNorm('max pooling', 8, maxPool('looked-at', atNorm)),
    behindNorm('max pooling that overlaps', 8, maxPool('looked-at', atNorm, { size: 3, stride: 2, padding: 1 })),
    behindNorm('max pooling, rounded up', 7, maxPool('looked-at', atNorm, { size: 3, stride: 2, ceil: true })),
    behindNorm('max pooling, rows left out', 7, maxPool('looked-at', atNorm, { size: 2 })),
    behindNorm('average pooling', 8, averagePool('looked-at', atNorm)),
    behindNorm(
      'average pooling, padding counts',
      8,
      averagePool('looked-at', atNorm, { size: 3, stride: 2, padding: 1 }),
    ),
    behindNorm(
      'average pooling, padding does not count',
      7,
      averagePool('looked-at', atNorm, { size: 3, stride: 2, padding: 1, ceil: true, countsPadding: false }),
    ),
    behindNorm(
      'average pooling, padding counts, rounded up',
      8,
      averagePool('looked-at', atNorm, { size: 3, stride: 2, padding: 1, ceil: true }),
    ),
    behindNorm(
      'average pooling, uneven padding counts, rounded up',
      7,
      pad('around', atNorm, { top: 1, left: 0, bottom: 2, right: 1 }),
      averagePool('looked-at', 'around', { size: 3, stride: 3, ceil: true }),
    ),
    behindNorm(
      'max pooling of what zeros were put around',
      6,
      pad('around', atNorm, { top: 1, left: 1, bottom: 1, right: 1 }),
      maxPool('looked-at', 'around', { size: 3, stride: 2, ceil: true }),
    ),
    network('global max pooling', 3, filters, 6, norm, [
      globalMaxPool('looked-at', 'norm'),
      linear('classifier', 'looked-at', 5),
    ]),
    behindNorm('concatenation', 6, conv('second', atNorm, filters), concat('looked-at', atNorm, 'second', 'first')),
    behindNorm('product', 6, conv('second', atNorm, filters), multiply('looked-at', atNorm, 'second')),
    behindNorm(
      'squeeze and excitation',
      6,
      globalAveragePool('squeezed', atNorm),
      conv('reduced', 'squeezed', 4, { size: 1, bias: true }),
      relu('between', 'reduced'),
      conv('expanded', 'between', filters, { size: 1, bias: true }),
      sigmoid('factors', 'expanded'),
      multiply('looked-at', atNorm, 'factors'),
    ),
    behindNorm(
      'squeeze and excitation by matrices, before batch norm',
      6,
      globalAveragePool('squeezed', atNorm),
      linear('reduced', 'squeezed', 4),
      batchNorm('middle', 'reduced'),
      hardSwish('between', 'middle'),
      linear('expanded', 'between', filters),
      hardSigmoid('factors', 'expanded'),
      multiply('excited', atNorm, 'factors'),
      batchNorm('looked-at', 'excited'),
    ),
    behindNorm(
      'squeeze and excitation in blocks',
      4,
      averagePool('squeezed', atNorm, { size: 4 }),
      conv('expanded', 'squeezed', filters, { size: 1, bias: true }),
      sigmoid('factors', 'expanded'),
      multiply('looked-at', atNorm, 'factors'),
    ),
    behindNorm(
      'squeeze and excitation of one place',
      1,
      globalAveragePool('squeezed', atNorm),
      conv('expanded', 'squeezed', filters, { size: 1, bias: true }),
      sigmoid('factors', 'expanded'),
      multiply('looked-at', atNorm, 'factors'),
    ),
    // Whoever reads a sigmoid but for a product must not see what it makes of the zeros that fill blocks up.
    behindNorm(
      'readers of a sigmoid',
      6,
      sigmoid('gate', atNorm),
      hardSigmoid('hard', atNorm),
      multiply('gates', 'gate', 'hard'),
      conv('second', 'gates', filters),
      add('sum', 'second', 'gate'),
      multiply('looked-at', 'sum', 'hard'),
    ),
    behindNorm(
      'readers of a concatenation',
      6,
      conv('second', atNorm, 3, { bias: true }),
      concat('pair', 'second', atNorm),
      batchNorm('middle', 'pair'),
      conv('third', 'middle', 4, { size: 1 }),
      concat('all', 'pair', 'third'),
      conv('by-channel', 'all', filters + 7, { groups: filters + 7 }),
      prelu('slopes', 'by-channel', true),
      sigmoid('gate', 'slopes'),
      add('looked-at', 'gate', 'all'),
    ),
    behindNorm(
      'poolings of a concatenation',
      8,
      conv('second', atNorm, 3),
      concat('pair', 'second', atNorm, 'second'),
      averagePool('mean', 'pair', { size: 3, stride: 2, padding: 1 }),
      dropout('dropped', 'mean', 0.3),
      maxPool('looked-at', 'dropped', { size: 3, stride: 1, padding: 1 }),
    ),
    network('flattening of a concatenation', 3, filters, 4, norm, [
      conv('second', 'norm', 3),
      concat('pair', 'second', 'norm'),
      batchNorm('end', 'pair'),
      flatten('looked-at', 'end'),
      linear('classifier', 'looked-at', 5),
    ]),
    behindNorm(
      'shortcut and scatter of a concatenation',
      6,
      conv('second', atNorm, 3),
      concat('pair', 'second', atNorm),
      channelScatter(
        'spread',
        'pair',
        filters + 9,
        [...Array(filters + 3).keys()].map((channel) => channel + 2),
      ),
      subsamplePad('looked-at', 'pair', 2, 6),
      conv('strided', 'spread', filters + 9, { stride: 2 }),
      conv('third', 'looked-at', filters + 9, { size: 1 }),
      add('sum', 'third', 'strided'),
      batchNorm('end', 'sum'),
    ),
    behindNorm('padding on some sides', 6, pad('looked-at', atNorm, { top: 0, left: 1, bottom: 2, right: 1 })),
    network('flattening', 3, filters, 4, norm, [flatten('looked-at', 'norm'), linear('classifier', 'looked-at', 5)]),
    network('dropout', 3, filters, 6, norm, [
      dropout('dropped', 'pool', 0.3),
      linear('hidden', 'dropped', 8),
      dropout('looked-at', 'hidden', 0.5),
      linear('classifier', 'looked-at', 5),
    ]),
    behindNorm('dropout of an image', 6, dropout('looked-at', atNorm, 0.4)),
    ...[relu6, leakyRelu, sigmoid, silu, hardSigmoid, hardSwish].map((activation) =>
      behindNorm(activation.name, 6, activation('looked-at', atNorm)),
    ),
    behindNorm('prelu', 6, prelu('looked-at', atNorm)),
    behindNorm('prelu by channel', 6, prelu('looked-at', atNorm, true)),
  ];
};

/** A network that has no blocked form. */
const staysPlain = 'subsample by 3, rows left over';

const engines = await testedEngines();
const cases = engines.flatMap(({ title, blocked, open }) =>
  widthsFor(blocked).flatMap((filters) =>
    [...networksOf(filters), ...otherNetworksOf(filters)].map((graph) => ({
      title,
      name: `${graph.name}, ${filters} filters`,
      graph,
      isBlocked: blocked && graph.name !== staysPlain,
      open,
    })),
  ),
);

describe.each(cases)('gradients through $name, $title', ({ graph, isBlocked, open }) => {
  it('are those of finite differences', { timeout: 60_000 }, async () => {
    const engine = await open();
    const compiled = await engine.compile(graph, { batchSize, optimizer: plainDescent });
    expect(compiled.operators?.startsWith('Blocked') ?? false, compiled.operators ?? '').toBe(isBlocked);
    const random = randomStream(7, graph.name);
    const state = perturbed(initialState(graph, 3), random);
    const batch = randomBatch(graph, random);
    await compiled.writeState(state);
    const { loss } = await compiled.step(batch, 0);
    const gradients = (await compiled.readState()).momenta;
    for (const [name, gradient] of gradients) {
      for (let count = 0; count < directionsPerTensor; count++) {
        const direction = unitVector(gradient.data.length, random);
        const expected = await slope(compiled, state, name, direction, batch);
        const error = Math.abs(dot(gradient.data, direction) - expected);
        const allowed = (hasCorners(graph) ? 6 : 1) * tolerance(expected, loss);
        expect(error, `${name} along direction ${count}: ${expected}`).toBeLessThan(allowed);
      }
    }
    await compiled.dispose();
  });
});

/**
 * Float32 losses near 2 carry an error of some 1e-7, so their slope over twice the step length one of about 1e-4; larger losses a
 * larger one.
 */
function tolerance(slope: number, loss: number): number {
  return 5e-4 * Math.max(1, loss / 2) + 0.01 * Math.abs(slope);
}

/** Whether other values become the largest on the way from one end of a step to the other: the loss has a corner at each. */
function hasCorners({ layers }: LayerGraph): boolean {
  return layers.some(({ kind }) => kind === 'maxPool' || kind === 'globalMaxPool');
}

/** (loss(w + h d) - loss(w - h d)) / 2h of one parameter along a direction. */
async function slope(
  compiled: CompiledNetwork,
  state: NetworkState,
  name: string,
  direction: Float32Array,
  batch: Batch,
): Promise<number> {
  const lossAt = async (distance: number): Promise<number> => {
    await compiled.writeState({ ...state, parameters: moved(state.parameters, name, direction, distance) });
    return (await compiled.step(batch, 0)).loss;
  };
  return ((await lossAt(stepLength)) - (await lossAt(-stepLength))) / (2 * stepLength);
}

function moved(parameters: TensorMap, name: string, direction: Float32Array, distance: number): TensorMap {
  const move = ({ shape, data }: Tensor): Tensor => ({
    shape,
    data: data.map((value, index) => value + distance * (direction[index] ?? 0)),
  });
  return new Map([...parameters].map(([key, tensor]) => [key, key === name ? move(tensor) : tensor]));
}

/** Scales of 1 and shifts of 0 would hide mistakes in their gradients. */
function perturbed(state: NetworkState, random: RandomStream): NetworkState {
  const parameters = new Map(
    [...state.parameters].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + 0.2 * random.normal()) },
    ]),
  );
  return { ...state, parameters };
}

function randomBatch(graph: LayerGraph, random: RandomStream): Batch {
  const { channels, height, width } = imageShape(graph);
  return {
    count: batchSize,
    images: Float32Array.from({ length: batchSize * channels * height * width }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, () => random.below(5)),
  };
}

function unitVector(length: number, random: RandomStream): Float32Array {
  const values = Float32Array.from({ length }, () => random.normal());
  const norm = Math.sqrt(dot(values, values));
  return values.map((value) => value / norm);
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
