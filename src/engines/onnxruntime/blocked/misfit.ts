import type { Layer, LayerGraph, Shape } from '../../../network/graph';
import { inferShapes } from '../../../network/shapes';
import { ChannelPlaces } from './channelPlaces';
import { convolutionMisfit, unevenStride } from './convolutionMisfit';
import { isPlain, layerForms, type LayerForms } from './forms';

/**
 * Why a network cannot be built of blocked convolutions, as a clause that names the first layer which is in the way; null where
 * it can: its batch comes in whole blocks, its images do not fill one, a convolution that reads them fits blocks, strides of
 * shortcuts divide the image evenly, what is added has its channels in the same places, and the logits are made of what was
 * pooled or flattened.
 */
export function misfit(graph: LayerGraph, batchSize: number, block: number): string | null {
  if (batchSize % block !== 0) return `a batch of ${batchSize} is no whole number of blocks of ${block}`;
  const facts: Facts = { shapes: inferShapes(graph), forms: layerForms(graph, block), block };
  for (const layer of graph.layers) {
    const reason = layerMisfit(layer, facts);
    if (reason !== null) return `${layer.name} ${reason}`;
  }
  const last = graph.layers.at(-1)!.name;
  return facts.forms.get(last)!.output === 'plain' ? null : `${last} ends with images that are not flattened`;
}

/** What is known of a network when its layers are looked at one by one. */
interface Facts {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly forms: ReadonlyMap<string, LayerForms>;
  readonly block: number;
}

/** What a layer has or does that does not fit, to be read after its name; null where it fits. */
type Rule<L extends Layer = Layer> = (layer: L, facts: Facts) => string | null;

/** Kinds of which more is to be said than that they do not read the images. None of these rules is asked about a plain layer. */
const rules: { readonly [Kind in Layer['kind']]?: Rule<Extract<Layer, { readonly kind: Kind }>> } = {
  input: ({ shape: { channels } }, { block }) =>
    channels < block ? null : `has ${channels} channels, enough to fill a block of ${block}`,
  conv: (layer, { shapes, forms }) =>
    forms.get(layer.name)!.isDetour
      ? null
      : convolutionMisfit(layer, shapes.get(layer.inputs[0]!)!, shapes.get(layer.name)!),
  linear: () => 'reads images that are not flattened',
  dropout: ({ name }, { forms }) => (forms.get(name)!.inputs[0] === 'images' ? 'drops pixels of the images' : null),
  subsamplePad: (layer, facts) => {
    const { height, width } = facts.shapes.get(layer.inputs[0]!)!;
    return readsImages(layer, facts) ?? unevenStride(layer.stride, [height, width]);
  },
  add: (layer, facts) => readsImages(layer, facts) ?? readsBoth(layer, facts) ?? otherPlaces('adds', layer, facts),
  concat: (layer, facts) => readsImages(layer, facts) ?? readsBoth(layer, facts),
  multiply: (layer, facts) =>
    readsImages(layer, facts) ??
    (takesFactors(layer, facts) ? null : readsBoth(layer, facts)) ??
    otherPlaces('multiplies', layer, facts),
};

function layerMisfit(layer: Layer, facts: Facts): string | null {
  if (isPlain(facts.forms.get(layer.name)!)) return null;
  const rule = (rules[layer.kind] ?? readsImages) as Rule;
  return rule(layer, facts);
}

function readsImages({ name }: Layer, { forms }: Facts): string | null {
  return forms.get(name)!.inputs.includes('images') ? 'reads the images themselves' : null;
}

function readsBoth({ name }: Layer, { forms }: Facts): string | null {
  return forms.get(name)!.inputs.includes('plain')
    ? 'reads images together with what was pooled over whole images or flattened'
    : null;
}

/** Whether it multiplies images in blocks by plain factors, one a channel. */
function takesFactors({ name, inputs }: Layer, { forms, shapes }: Facts): boolean {
  const { height, width } = shapes.get(inputs[1]!)!;
  return forms.get(name)!.inputs[0] !== 'plain' && height * width === 1;
}

function otherPlaces(does: string, { name }: Layer, { forms }: Facts): string | null {
  const [first, ...others] = forms.get(name)!.inputs.filter((form) => form instanceof ChannelPlaces);
  return others.every((places) => places.isSameAs(first!)) ? null : `${does} channels that lie in different places`;
}
