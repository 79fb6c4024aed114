import type { ConvLayer, Layer, LayerGraph, Shape } from '../../../network/graph';
import { inferShapes } from '../../../network/shapes';
import { phasesFit } from './phases';

/**
 * Why a network cannot be built of blocked convolutions, as a clause that names the first layer which is in the way; null where
 * it can: its batch comes in whole blocks, its images do not fill one, strides divide the image evenly, groups are depthwise,
 * and behind pooling and flattening there are linear layers and dropout only. Channels are filled up to whole blocks.
 */
export function misfit(graph: LayerGraph, batchSize: number, block: number): string | null {
  if (batchSize % block !== 0) return `a batch of ${batchSize} is no whole number of blocks of ${block}`;
  const facts: Facts = { shapes: inferShapes(graph), flat: flatLayers(graph), images: imagesOf(graph), block };
  for (const layer of graph.layers) {
    const reason = layerMisfit(layer, facts);
    if (reason !== null) return `${layer.name} ${reason}`;
  }
  return null;
}

/** What is known of a network when its layers are looked at one by one. */
interface Facts {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly flat: ReadonlySet<string>;
  /** Name of the input layer. */
  readonly images: string | undefined;
  readonly block: number;
}

/** What a layer has or does that does not fit, to be read after its name; null where it fits. */
type Rule<L extends Layer = Layer> = (layer: L, facts: Facts) => string | null;

const readsFlat = 'reads what was pooled over whole images or flattened';
/** What fills a channel up would not be zero. */
const sigmoidReason: Rule = () => 'is a sigmoid, which would make something of the zeros that fill blocks up';

/** Kinds that need more than blocked inputs. */
const rules: { readonly [Kind in Layer['kind']]?: Rule<Extract<Layer, { readonly kind: Kind }>> } = {
  input: ({ shape: { channels } }, { block }) =>
    channels < block ? null : `has ${channels} channels, enough to fill a block of ${block}`,
  conv: (layer, { flat, shapes }) => {
    const [input] = layer.inputs as [string];
    return flat.has(input) ? readsFlat : convolutionMisfit(layer, shapes.get(input)!, shapes.get(layer.name)!);
  },
  linear: ({ inputs }, { flat }) => (flat.has(inputs[0]!) ? null : 'reads images that are not flattened'),
  dropout: ({ inputs }, { images }) => (inputs[0] === images ? 'drops pixels of the images' : null),
  subsamplePad: (layer, facts) => {
    const { height, width } = facts.shapes.get(layer.inputs[0]!)!;
    return unblocked(layer, facts) ?? unevenStride(layer.stride, [height, width]);
  },
  concat: (layer, facts) => unblocked(layer, facts) ?? brokenBlocks(layer, facts),
  multiply: (layer, facts) => unblocked(layer, facts) ?? otherImages(layer, facts),
  sigmoid: sigmoidReason,
  hardSigmoid: sigmoidReason,
  // Nothing in blocks pools a whole image for layers that know nothing of blocks.
  globalMaxPool: () => 'takes the largest value of a whole image',
};

function layerMisfit(layer: Layer, facts: Facts): string | null {
  const rule = (rules[layer.kind] ?? unblocked) as Rule;
  return rule(layer, facts);
}

/** A layer has to read blocked activations alone: neither the images themselves, nor what comes after the pooling. */
function unblocked({ inputs }: Layer, { images, flat }: Facts): string | null {
  if (inputs.some((name) => name === images)) return 'reads the images themselves';
  return inputs.some((name) => flat.has(name)) ? readsFlat : null;
}

function imagesOf({ layers }: LayerGraph): string | undefined {
  return layers.find(({ kind }) => kind === 'input')?.name;
}

/** Layers whose outputs are no blocked activations: what comes after pooling, flattening and linear layers. */
function flatLayers({ layers }: LayerGraph): ReadonlySet<string> {
  const flat = new Set<string>();
  for (const { kind, name, inputs } of layers)
    if (
      kind === 'globalAveragePool' ||
      kind === 'globalMaxPool' ||
      kind === 'flatten' ||
      kind === 'linear' ||
      (kind === 'dropout' && flat.has(inputs[0]!))
    )
      flat.add(name);
  return flat;
}

function convolutionMisfit(layer: ConvLayer, input: Shape, output: Shape): string | null {
  const { kernel, stride, padding, dilation, groups } = layer;
  const isDepthwise = groups === input.channels && groups === output.channels;
  if (dilation !== 1) return `has a dilation of ${dilation}`;
  if (groups !== 1 && !isDepthwise) return `has ${groups} groups`;
  const uneven = unevenStride(stride, [input.height, input.width]);
  if (uneven !== null) return uneven;
  const isFitting =
    phasesFit(kernel[0], stride, padding, input.height, output.height) &&
    phasesFit(kernel[1], stride, padding, input.width, output.width);
  return isFitting ? null : `has a padding of ${padding} that does not go with its kernel and stride`;
}

function unevenStride(stride: number, extents: readonly number[]): string | null {
  const uneven = extents.find((extent) => extent % stride !== 0);
  return uneven === undefined ? null : `has a stride of ${stride} that does not divide ${uneven}`;
}

function brokenBlocks({ inputs }: Layer, { shapes, block }: Facts): string | null {
  const broken = inputs.slice(0, -1).map((name) => shapes.get(name)!.channels);
  const first = broken.find((channels) => channels % block !== 0);
  return first === undefined ? null : `puts channels behind ${first}, which are no whole blocks of ${block}`;
}

function otherImages({ inputs }: Layer, { shapes }: Facts): string | null {
  const [first, ...others] = inputs.map((name) => shapes.get(name)!);
  const areAlike = others.every(({ height, width }) => height === first!.height && width === first!.width);
  return areAlike ? null : 'multiplies whole channels by one factor each';
}
