import fc from 'fast-check';
import type { Layer, LayerGraph } from '../../../../src/network/graph';
import {
  add,
  batchNorm,
  channelScatter,
  conv,
  globalAveragePool,
  input,
  linear,
  relu,
  subsamplePad,
} from '../../../../src/network/layers';
import { parameterSpecs, sizeOf, statisticSpecs } from '../../../../src/network/parameters';
import { prunableLayers } from '../../../../src/network/prunableLayers';
import { inferShapes } from '../../../../src/network/shapes';
import type { Tensor, TensorMap } from '../../../../src/network/state';
import { permutation, randomStream, type RandomStream } from '../../../../src/base/random';
import { prunableOf, type Grouping } from '../../../../src/pruning/groups';
import { zeroPruned } from '../../../../src/pruning/masks';
import type { Masks } from '../../../../src/pruning/select';

export type BatchNormPolicy = 'keep' | 'zero';

/** A piece of a network, read by the next one. */
type Piece =
  | {
      readonly kind: 'conv';
      filters: number;
      size: 1 | 3 | 5;
      padding: 0 | 1 | 2;
      stride: 1 | 2;
      norm: boolean;
      relu: boolean;
    }
  | {
      readonly kind: 'block';
      inner: number;
      size: 1 | 3;
      stride: 1 | 2;
      appended: number;
      /** Layers that a sum reads beside the shortcut. */
      branches: 1 | 2;
      /** The inner convolution has no padding, and the second one makes up for it. */
      shrinks: boolean;
      /** What comes behind the sum. */
      tail: 'relu' | 'norm' | 'nothing';
      /** Whether the inner convolution is one that reads and gives through batch norm and relu. */
      norm: boolean;
    }
  | { readonly kind: 'scatter'; more: number };

export interface NetworkPlan {
  readonly image: { readonly channels: number; readonly height: number; readonly width: number };
  readonly pieces: readonly Piece[];
  readonly head: 'pool' | 'flat' | 'hidden';
  readonly grouping: Grouping;
  readonly batchNormPolicy: BatchNormPolicy;
  /** Share of the filters that are pruned. */
  readonly rate: number;
  /** Share of the channels whose readers have no weights for them. */
  readonly unread: number;
  readonly seed: number;
}

const piece: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('conv' as const),
      filters: fc.integer({ min: 1, max: 6 }),
      size: fc.constantFrom(1 as const, 3 as const, 5 as const),
      padding: fc.constantFrom(0 as const, 1 as const, 2 as const),
      stride: fc.constantFrom(1 as const, 1 as const, 2 as const),
      norm: fc.boolean(),
      relu: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      inner: fc.integer({ min: 1, max: 6 }),
      size: fc.constantFrom(1 as const, 3 as const, 3 as const),
      stride: fc.constantFrom(1 as const, 1 as const, 2 as const),
      appended: fc.constantFrom(0, 0, 1, 3),
      branches: fc.constantFrom(1 as const, 1 as const, 2 as const),
      shrinks: fc.boolean(),
      tail: fc.constantFrom('relu' as const, 'relu' as const, 'norm' as const, 'nothing' as const),
      norm: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('scatter' as const), more: fc.integer({ min: 0, max: 3 }) }),
  },
);

export const networkPlan: fc.Arbitrary<NetworkPlan> = fc.record({
  image: fc.record({
    channels: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 4, max: 7 }),
    width: fc.integer({ min: 4, max: 7 }),
  }),
  pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
  head: fc.constantFrom('pool' as const, 'flat' as const, 'hidden' as const),
  grouping: fc.constantFrom('independent' as const, 'coupled' as const),
  batchNormPolicy: fc.constantFrom('keep' as const, 'keep' as const, 'zero' as const),
  rate: fc.constantFrom(0.2, 0.4, 0.6, 0.9, 1),
  unread: fc.constantFrom(0, 0, 0.3),
  seed: fc.nat(),
});

export interface RandomNetwork {
  readonly graph: LayerGraph;
  readonly tensors: TensorMap;
  readonly masks: Masks;
}

/** The network of a plan, with random values, masks of any shape, and its pruned filters at zero. */
export function networkOf(plan: NetworkPlan): RandomNetwork {
  const random = randomStream(plan.seed, 'network');
  const graph = graphOf(plan, random);
  const tensors = randomTensors(graph, random);
  const masks = masksOf(plan, graph, random);
  applyMasks(graph, tensors, masks, plan.batchNormPolicy);
  for (const { name, axes, shape } of parameterSpecs(graph))
    if (axes[1] === 'input' || axes[1] === 'features') forgetInputs(tensors.get(name)!, shape, plan.unread, random);
  return { graph, tensors, masks };
}

/** Parameters and running statistics of any size and sign, so that constants come through a relu as often as not. */
export function randomTensors(graph: LayerGraph, random: RandomStream): Map<string, Tensor> {
  return new Map(
    [...parameterSpecs(graph), ...statisticSpecs(graph)].map(({ name, role, shape }): [string, Tensor] => {
      const value = (): number => (role === 'runningVariance' ? 0.2 + 2 * random.uniform() : random.normal());
      return [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) }];
    }),
  );
}

/** Sets pruned filters to zero, by the policy `zero` their batch norms too. */
export function applyMasks(graph: LayerGraph, tensors: TensorMap, masks: Masks, policy: BatchNormPolicy): void {
  for (const { name, weight } of prunableLayers(graph)) zeroPruned(tensors.get(weight)!, masks.get(name)!);
  if (policy === 'zero') silenceBatchNorms(graph, masks, tensors);
}

/** Images for a network. */
export function imagesOf({ image, seed }: Pick<NetworkPlan, 'image' | 'seed'>, count: number): Float64Array[] {
  const random = randomStream(seed, 'images');
  const size = image.channels * image.height * image.width;
  return Array.from({ length: count }, () => Float64Array.from({ length: size }, () => random.normal()));
}

function graphOf({ image, pieces, head }: NetworkPlan, random: RandomStream): LayerGraph {
  const layers: Layer[] = [input('images', image)];
  const last = () => layers.at(-1)!.name;
  const shape = () => inferShapes({ name: 'so far', layers: [...layers] }).get(last())!;
  for (const [index, each] of pieces.entries()) {
    const { channels, height, width } = shape();
    const name = `${each.kind}${index}`;
    if (each.kind === 'scatter') {
      const wide = channels + each.more;
      layers.push(channelScatter(name, last(), wide, [...permutation(wide, random)].slice(0, channels)));
    } else if (each.kind === 'block') {
      layers.push(...block(name, last(), channels, each, Math.min(height, width)));
    } else {
      // A kernel is never larger than what it reads.
      const size = each.size > Math.min(height, width) + 2 * each.padding ? 1 : each.size;
      layers.push(conv(name, last(), each.filters, { ...each, size }));
      if (each.norm) layers.push(batchNorm(`${name}.bn`, last()));
      if (each.relu) layers.push(relu(`${name}.relu`, last()));
    }
  }
  if (head === 'pool') layers.push(globalAveragePool('pool', last()));
  if (head === 'hidden') layers.push(linear('hidden', last(), 5), relu('hidden.relu', 'hidden'));
  layers.push(linear('classifier', last(), 3));
  return { name: 'random', layers };
}

type Block = Piece & { kind: 'block' };

function block(name: string, from: string, channels: number, piece: Block, extent: number): Layer[] {
  const { stride, appended, tail } = piece;
  const branches = Array.from({ length: piece.branches }, (_, branch) => `${name}.branch${branch + 1}`);
  const layers = branches.flatMap((branch) => branchOf(branch, from, channels + appended, piece, extent));
  const shapeChanges = stride !== 1 || appended !== 0;
  if (shapeChanges) layers.push(subsamplePad(`${name}.shortcut`, from, stride, appended));
  const sums = branches.map((branch) => `${branch}.bn2`);
  layers.push(add(`${name}.add`, ...sums, shapeChanges ? `${name}.shortcut` : from));
  if (tail === 'relu') layers.push(relu(`${name}.relu`, `${name}.add`));
  if (tail === 'norm') layers.push(batchNorm(`${name}.bn`, `${name}.add`));
  return layers;
}

function branchOf(name: string, from: string, filters: number, piece: Block, extent: number): Layer[] {
  const { inner, size, stride, norm } = piece;
  const shrinks = piece.shrinks && size === 3 && extent >= 3 && stride === 1;
  const padding = size >> 1;
  const first = conv(`${name}.conv1`, from, inner, { size, stride, padding: shrinks ? 0 : padding });
  const between = norm ? [batchNorm(`${name}.bn1`, first.name), relu(`${name}.relu1`, `${name}.bn1`)] : [];
  const second = conv(`${name}.conv2`, between.at(-1)?.name ?? first.name, filters, {
    size,
    padding: shrinks ? 2 : padding,
  });
  return [first, ...between, second, batchNorm(`${name}.bn2`, second.name)];
}

function masksOf({ grouping, rate }: NetworkPlan, graph: LayerGraph, random: RandomStream): Masks {
  const { layers, pools } = prunableOf(graph, grouping);
  const masks = new Map(layers.map(({ name, filters }) => [name, new Uint8Array(filters).fill(1)]));
  for (const { groups } of pools)
    for (const group of groups) {
      const isPruned = random.uniform() < rate;
      for (const { layer, filter } of group) masks.get(layer)![filter] = isPruned ? 0 : 1;
    }
  return masks;
}

function silenceBatchNorms(graph: LayerGraph, masks: Masks, tensors: TensorMap): void {
  for (const { kind, name, inputs } of graph.layers) {
    const mask = masks.get(inputs[0] ?? '');
    if (kind !== 'batchNorm' || !mask) continue;
    for (const part of ['weight', 'bias'])
      for (const [filter, kept] of mask.entries()) if (!kept) tensors.get(`${name}.${part}`)!.data[filter] = 0;
  }
}

/** Sets all weights for some inputs to zero. */
function forgetInputs({ data }: Tensor, shape: readonly number[], share: number, random: RandomStream): void {
  const [outputs, inputs] = shape as [number, number];
  const size = data.length / (outputs * inputs);
  for (let channel = 0; channel < inputs; channel++) {
    if (random.uniform() >= share) continue;
    for (let output = 0; output < outputs; output++)
      data.fill(0, (output * inputs + channel) * size, (output * inputs + channel + 1) * size);
  }
}
