import fc from 'fast-check';
import type { Layer, LayerGraph } from '../../../../src/network/graph';
import {
  add,
  averagePool,
  batchNorm,
  channelScatter,
  concat,
  conv,
  globalAveragePool,
  hardSigmoid,
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
} from '../../../../src/network/layers';
import { parameterSpecs, sizeOf, statisticSpecs } from '../../../../src/network/parameters';
import { inferShapes } from '../../../../src/network/shapes';
import type { Tensor, TensorMap } from '../../../../src/network/state';
import { permutation, randomStream, type RandomStream } from '../../../../src/base/random';
import { prunableOf, type Grouping } from '../../../../src/pruning/groups';
import { prunedRows, type BatchNormPolicy } from '../../../../src/pruning/held';
import { zeroPruned } from '../../../../src/pruning/masks';
import type { Masks } from '../../../../src/pruning/select';
import { randomNetwork } from '../../../fixtures/randomNetwork';

export type { BatchNormPolicy } from '../../../../src/pruning/held';

const activations = {
  relu,
  relu6,
  leakyRelu: (name: string, from: string) => leakyRelu(name, from, 0.2),
  prelu: (name: string, from: string) => prelu(name, from, true),
  silu,
} as const;
type Activation = keyof typeof activations | 'nothing';

/** A piece of a network, read by the next one. */
type Piece =
  | {
      readonly kind: 'conv';
      filters: number;
      size: 1 | 3 | 5;
      padding: 0 | 1 | 2;
      stride: 1 | 2;
      dilation: 1 | 2;
      bias: boolean;
      norm: boolean;
      activation: Activation;
      /** `halves`: in two groups, where the channels allow it. */
      depth: 'all' | 'halves';
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
  | {
      /** As in MobileNets: wider, depthwise, squeezed and excited, narrower, with a shortcut where the shape stays. */
      readonly kind: 'inverted';
      inner: number;
      /** Depthwise filters a channel. */
      each: 1 | 2;
      size: 1 | 3;
      padding: 0 | 1;
      stride: 1 | 2;
      bias: boolean;
      activation: Activation;
      gate: 'none' | 'convolutions' | 'linears';
      filters: number;
    }
  | { readonly kind: 'dense'; growth: number; layers: 1 | 2; norm: boolean }
  | { readonly kind: 'pool'; most: boolean; size: 2 | 3; stride: 1 | 2; padding: 0 | 1; ceil: boolean; counts: boolean }
  | { readonly kind: 'pad'; before: 0 | 1; after: 0 | 1 }
  | { readonly kind: 'scatter'; more: number };

export interface NetworkPlan {
  readonly network: Built | LayerGraph;
  readonly grouping: Grouping;
  readonly batchNormPolicy: BatchNormPolicy;
  /** Share of the filters that are pruned. */
  readonly rate: number;
  /** Share of the channels whose readers have no weights for them. */
  readonly unread: number;
  readonly seed: number;
}

const activation = fc.constantFrom<Activation>('relu', 'relu6', 'leakyRelu', 'prelu', 'silu', 'nothing');

const piece: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('conv' as const),
      filters: fc.integer({ min: 1, max: 6 }),
      size: fc.constantFrom(1 as const, 3 as const, 5 as const),
      padding: fc.constantFrom(0 as const, 1 as const, 2 as const),
      stride: fc.constantFrom(1 as const, 1 as const, 2 as const),
      dilation: fc.constantFrom(1 as const, 1 as const, 2 as const),
      bias: fc.boolean(),
      norm: fc.boolean(),
      activation,
      depth: fc.constantFrom('all' as const, 'all' as const, 'all' as const, 'halves' as const),
    }),
  },
  {
    weight: 4,
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
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('inverted' as const),
      inner: fc.integer({ min: 1, max: 6 }),
      each: fc.constantFrom(1 as const, 1 as const, 2 as const),
      size: fc.constantFrom(1 as const, 3 as const),
      padding: fc.constantFrom(0 as const, 1 as const),
      stride: fc.constantFrom(1 as const, 1 as const, 2 as const),
      bias: fc.boolean(),
      activation,
      gate: fc.constantFrom('none' as const, 'convolutions' as const, 'linears' as const),
      filters: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('dense' as const),
      growth: fc.integer({ min: 1, max: 4 }),
      layers: fc.constantFrom(1 as const, 2 as const),
      norm: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pool' as const),
      most: fc.boolean(),
      size: fc.constantFrom(2 as const, 3 as const),
      stride: fc.constantFrom(1 as const, 2 as const),
      padding: fc.constantFrom(0 as const, 1 as const),
      ceil: fc.boolean(),
      counts: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pad' as const),
      before: fc.constantFrom(0 as const, 1 as const),
      after: fc.constantFrom(0 as const, 1 as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('scatter' as const), more: fc.integer({ min: 0, max: 3 }) }),
  },
);

interface Built {
  readonly image: { readonly channels: number; readonly height: number; readonly width: number };
  readonly pieces: readonly Piece[];
  readonly head: 'pool' | 'flat' | 'hidden';
}

/** Networks made of what real ones are made of. */
const built: fc.Arbitrary<Built> = fc.record({
  image: fc.record({
    channels: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 4, max: 7 }),
    width: fc.integer({ min: 4, max: 7 }),
  }),
  pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
  head: fc.constantFrom('pool' as const, 'flat' as const, 'hidden' as const),
});

export const networkPlan: fc.Arbitrary<NetworkPlan> = fc.record({
  network: fc.oneof<fc.MaybeWeightedArbitrary<Built | LayerGraph>[]>(
    { weight: 3, arbitrary: built },
    { weight: 1, arbitrary: randomNetwork },
  ),
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
  const { network } = plan;
  const graph = 'pieces' in network ? graphOf(network, random) : network;
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
  for (const [name, rows] of prunedRows(graph, masks, policy)) zeroPruned(tensors.get(name)!, rows);
}

function graphOf({ image, pieces, head }: Built, random: RandomStream): LayerGraph {
  const layers: Layer[] = [input('images', image)];
  const last = () => layers.at(-1)!.name;
  const shape = () => inferShapes({ name: 'so far', layers: [...layers] }).get(last())!;
  for (const [index, each] of pieces.entries()) {
    const { channels, height, width } = shape();
    const place = { name: `${each.kind}${index}`, from: last(), channels, extent: Math.min(height, width), random };
    layers.push(...layersOf(each, place));
  }
  if (head === 'pool') layers.push(globalAveragePool('pool', last()));
  if (head === 'hidden') layers.push(linear('hidden', last(), 5), relu('hidden.relu', 'hidden'));
  layers.push(linear('classifier', last(), 3));
  return { name: 'random', layers };
}

/** Where a piece is put. */
interface Place {
  readonly name: string;
  readonly from: string;
  readonly channels: number;
  /** The smaller one of height and width. */
  readonly extent: number;
  readonly random: RandomStream;
}

type Maker<Kind extends Piece['kind']> = (piece: Piece & { readonly kind: Kind }, place: Place) => Layer[];

const makers: { readonly [Kind in Piece['kind']]: Maker<Kind> } = {
  conv: (piece, { name, from, channels, extent }) => {
    // A kernel is never larger than what it reads.
    const fits = piece.dilation * (piece.size - 1) + 1 <= extent + 2 * piece.padding;
    const groups = piece.depth === 'halves' && channels % 2 === 0 && channels > 2 ? 2 : 1;
    const filters = groups * Math.ceil(piece.filters / groups);
    const made: Layer[] = [conv(name, from, filters, { ...piece, groups, ...(!fits && { size: 1 }) })];
    if (piece.norm) made.push(batchNorm(`${name}.bn`, name));
    return [...made, ...activated(`${name}.act`, made.at(-1)!.name, piece.activation)];
  },
  block,
  inverted,
  dense: ({ growth, layers, norm }, { name, from, channels }) => {
    const joined: Layer[] = [];
    for (let index = 0; index < layers; index++) {
      const read = index === 0 ? from : `${name}.concat${index - 1}`;
      if (norm) joined.push(batchNorm(`${name}.bn${index}`, read), relu(`${name}.relu${index}`, `${name}.bn${index}`));
      const own = `${name}.conv${index}`;
      joined.push(conv(own, norm ? `${name}.relu${index}` : read, growth), concat(`${name}.concat${index}`, read, own));
    }
    return channels > 24 ? [] : joined;
  },
  pool: ({ most, size, stride, padding, ceil, counts }, { name, from, extent }) => {
    const options = { size: Math.min(size, extent), stride, padding: extent > 1 ? padding : (0 as const), ceil };
    return [most ? maxPool(name, from, options) : averagePool(name, from, { ...options, countsPadding: counts })];
  },
  pad: ({ before, after }, { name, from }) => [pad(name, from, { top: before, left: after, bottom: after, right: 0 })],
  scatter: ({ more }, { name, from, channels, random }) => {
    const wide = channels + more;
    return [channelScatter(name, from, wide, [...permutation(wide, random)].slice(0, channels))];
  },
};

function layersOf(piece: Piece, place: Place): Layer[] {
  // That a maker is given pieces of its own kind, the table says.
  return (makers[piece.kind] as Maker<Piece['kind']>)(piece, place);
}

function activated(name: string, from: string, kind: Activation): Layer[] {
  return kind === 'nothing' ? [] : [activations[kind](name, from)];
}

type Block = Piece & { kind: 'block' };

function block(piece: Block, { name, from, channels, extent }: Place): Layer[] {
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

function inverted(piece: Piece & { kind: 'inverted' }, { name, from, channels, extent }: Place): Layer[] {
  const { inner, each, bias, stride, filters } = piece;
  const size = piece.size > extent + 2 * piece.padding ? 1 : piece.size;
  const padding = size === 1 ? 0 : piece.padding;
  const wide = inner * each;
  const expand = convolved(`${name}.expand`, from, piece, inner, { size: 1, bias });
  const depthwise = convolved(`${name}.depthwise`, expand.at(-1)!.name, piece, wide, {
    size,
    stride,
    padding,
    groups: inner,
    bias,
  });
  const excited = excitation(`${name}.se`, depthwise.at(-1)!.name, wide, piece.gate);
  const read = excited.at(-1)?.name ?? depthwise.at(-1)!.name;
  const project = [
    conv(`${name}.project`, read, filters, { size: 1, bias }),
    batchNorm(`${name}.bn`, `${name}.project`),
  ];
  const keepsShape = stride === 1 && filters === channels && 2 * padding === size - 1;
  const sum = keepsShape ? [add(`${name}.add`, from, `${name}.bn`)] : [];
  return [...expand, ...depthwise, ...excited, ...project, ...sum];
}

function convolved(
  name: string,
  from: string,
  { activation }: { readonly activation: Activation },
  filters: number,
  options: Parameters<typeof conv>[3],
): Layer[] {
  return [
    conv(name, from, filters, options),
    batchNorm(`${name}.bn`, name),
    ...activated(`${name}.act`, `${name}.bn`, activation),
  ];
}

function excitation(name: string, from: string, channels: number, gate: 'none' | 'convolutions' | 'linears'): Layer[] {
  if (gate === 'none') return [];
  const mixing = (layer: string, read: string, outputs: number): Layer =>
    gate === 'linears' ? linear(layer, read, outputs) : conv(layer, read, outputs, { size: 1, bias: true });
  return [
    globalAveragePool(`${name}.squeezed`, from),
    mixing(`${name}.fc1`, `${name}.squeezed`, 2),
    relu(`${name}.relu`, `${name}.fc1`),
    mixing(`${name}.fc2`, `${name}.relu`, channels),
    gate === 'linears' ? hardSigmoid(`${name}.gate`, `${name}.fc2`) : sigmoid(`${name}.gate`, `${name}.fc2`),
    multiply(`${name}.product`, from, `${name}.gate`),
  ];
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
