import type { Layer, LayerGraph, Shape } from '../../../network/graph';
import { inOrder, inferShapes } from '../../../network/shapes';
import { ChannelPlaces } from './channelPlaces';
import { convolutionMisfit } from './convolutionMisfit';

/**
 * How the output of a layer lies in memory: the images that come from outside; plain, [batch, channels, height, width], as all
 * that was pooled over whole images or flattened; or in blocks, with the places of its channels.
 */
export type Form = 'images' | 'plain' | ChannelPlaces;

/** What a layer reads, in order, and what it gives. */
export interface LayerForms {
  readonly inputs: readonly Form[];
  readonly output: Form;
  /** Whether it is a convolution between blocks for which there is no blocked one: it goes by way of the plain layout. */
  readonly isDetour: boolean;
}

/** The forms of every layer, by its name, in blocks of so many channels. */
export function layerForms(graph: LayerGraph, block: number): ReadonlyMap<string, LayerForms> {
  const shapes = inferShapes(graph);
  return inOrder<LayerForms>(graph, (layer, before) => {
    const inputs = before.map(({ output }) => output);
    const output = outputForm(layer, inputs, shapes.get(layer.name)!.channels, block);
    const isDetour = inputs[0] instanceof ChannelPlaces && whyDetour(layer, shapes) !== null;
    return { inputs, output, isDetour };
  });
}

/** The convolutions of a network in blocks that go by way of the plain layout, each by its name with the reason. */
export function detours(graph: LayerGraph, block: number): string[] {
  const [shapes, forms] = [inferShapes(graph), layerForms(graph, block)];
  return graph.layers
    .filter(({ name }) => forms.get(name)!.isDetour)
    .map((layer) => `${layer.name}, which ${whyDetour(layer, shapes)!}`);
}

function whyDetour(layer: Layer, shapes: ReadonlyMap<string, Shape>): string | null {
  if (layer.kind !== 'conv') return null;
  return convolutionMisfit(layer, shapes.get(layer.inputs[0]!)!, shapes.get(layer.name)!);
}

/** Whether a layer has nothing to do with blocks. */
export function isPlain({ inputs }: LayerForms): boolean {
  return inputs.length > 0 && inputs.every((form) => form === 'plain');
}

/** Layers that pool or flatten blocked images for others that know nothing of blocks. */
const leavesBlocks: ReadonlySet<Layer['kind']> = new Set(['globalAveragePool', 'globalMaxPool', 'flatten', 'linear']);

function outputForm(layer: Layer, inputs: readonly Form[], channels: number, block: number): Form {
  const [first] = inputs;
  if (first === undefined) return 'images';
  if (leavesBlocks.has(layer.kind) || inputs.every((form) => form === 'plain')) return 'plain';
  const ofFilters = ChannelPlaces.filledUp(channels, block);
  if (!(first instanceof ChannelPlaces) || layer.kind === 'channelScatter') return ofFilters;
  // Depthwise filters lie where the channels lie that they read.
  if (layer.kind === 'conv')
    return layer.groups === first.places.length && layer.filters === layer.groups ? first : ofFilters;
  if (layer.kind === 'subsamplePad') return first.withAppended(layer.appendedChannels, block);
  if (layer.kind === 'concat') return ChannelPlaces.joined(inputs.filter((form) => form instanceof ChannelPlaces));
  return first;
}
