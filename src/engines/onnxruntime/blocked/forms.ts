import type { Layer, LayerGraph } from '../../../network/graph';
import { inOrder, inferShapes } from '../../../network/shapes';
import { ChannelPlaces } from './channelPlaces';

/**
 * How the output of a layer lies in memory: the images that come from outside; plain, [batch, channels, height, width], as all
 * that was pooled over whole images or flattened; or in blocks, with the places of its channels.
 */
export type Form = 'images' | 'plain' | ChannelPlaces;

/** What a layer reads, in order, and what it gives. */
export interface LayerForms {
  readonly inputs: readonly Form[];
  readonly output: Form;
}

/** The forms of every layer, by its name, in blocks of so many channels. */
export function layerForms(graph: LayerGraph, block: number): ReadonlyMap<string, LayerForms> {
  const shapes = inferShapes(graph);
  return inOrder<LayerForms>(graph, (layer, before) => {
    const inputs = before.map(({ output }) => output);
    return { inputs, output: outputForm(layer, inputs, shapes.get(layer.name)!.channels, block) };
  });
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
  if (layer.kind === 'conv') return layer.groups === 1 ? ofFilters : first;
  if (layer.kind === 'subsamplePad') return first.withAppended(layer.appendedChannels, block);
  if (layer.kind === 'concat') return ChannelPlaces.joined(inputs.filter((form) => form instanceof ChannelPlaces));
  return first;
}
