import type { ConvLayer, Layer, LayerGraph, Shape } from '../../../network/graph';
import { inferShapes } from '../../../network/shapes';
import { phasesFit } from './phases';

/**
 * Whether a network can be built of blocked convolutions: its batch comes in whole blocks, its images do not fill one, strides
 * divide the image evenly, groups are depthwise, and behind pooling and flattening there are linear layers and dropout only.
 * Channels are filled up to whole blocks.
 */
export function fitsBlocks(graph: LayerGraph, batchSize: number, block: number): boolean {
  const facts: Facts = { shapes: inferShapes(graph), flat: flatLayers(graph), images: imagesOf(graph), block };
  return batchSize % block === 0 && graph.layers.every((layer) => layerFits(layer, facts));
}

/** What is known of a network when its layers are looked at one by one. */
interface Facts {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly flat: ReadonlySet<string>;
  /** Name of the input layer. */
  readonly images: string | undefined;
  readonly block: number;
}

type Rule<L extends Layer = Layer> = (layer: L, facts: Facts) => boolean;

/** Kinds that need more than blocked inputs; null for those that never fit. */
const rules: { readonly [Kind in Layer['kind']]?: Rule<Extract<Layer, { readonly kind: Kind }>> | null } = {
  input: ({ shape }, { block }) => shape.channels < block,
  conv: (layer, facts) => {
    const [input] = layer.inputs as [string];
    return !facts.flat.has(input) && convolutionFits(layer, facts.shapes.get(input)!, facts.shapes.get(layer.name)!);
  },
  linear: ({ inputs }, { flat }) => flat.has(inputs[0]!),
  dropout: ({ inputs }, { images }) => inputs[0] !== images,
  subsamplePad: (layer, facts) => evenly(layer.stride, facts.shapes.get(layer.inputs[0]!)!) && areBlocked(layer, facts),
  concat: (layer, facts) =>
    areBlocked(layer, facts) &&
    layer.inputs.slice(0, -1).every((name) => facts.shapes.get(name)!.channels % facts.block === 0),
  multiply: (layer, facts) =>
    areBlocked(layer, facts) && sameImages(layer.inputs.map((name) => facts.shapes.get(name)!)),
  // What fills a channel up would not be zero.
  sigmoid: null,
  hardSigmoid: null,
  // Nothing in blocks pools a whole image for layers that know nothing of blocks.
  globalMaxPool: null,
};

function layerFits(layer: Layer, facts: Facts): boolean {
  const rule = rules[layer.kind] as Rule | null | undefined;
  return rule === undefined ? areBlocked(layer, facts) : (rule?.(layer, facts) ?? false);
}

/** Whether a layer reads blocked activations alone: neither the images themselves, nor what comes after the pooling. */
function areBlocked({ inputs }: Layer, { images, flat }: Facts): boolean {
  return inputs.every((name) => name !== images && !flat.has(name));
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

function convolutionFits(layer: ConvLayer, input: Shape, output: Shape): boolean {
  const { kernel, stride, padding, dilation, groups } = layer;
  const isDepthwise = groups === input.channels && groups === output.channels;
  return (
    dilation === 1 &&
    (groups === 1 || isDepthwise) &&
    phasesFit(kernel[0], stride, padding, input.height, output.height) &&
    phasesFit(kernel[1], stride, padding, input.width, output.width)
  );
}

function sameImages([first, ...others]: readonly Shape[]): boolean {
  return others.every(({ height, width }) => height === first!.height && width === first!.width);
}

function evenly(stride: number, { height, width }: Shape): boolean {
  return height % stride === 0 && width % stride === 0;
}
