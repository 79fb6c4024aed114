import type { LayerGraph } from '../../../network/graph';
import { sizeOf, type ParameterSpec, type StatisticSpec } from '../../../network/parameters';
import { filling, type VariableStorage } from '../../variableLayout';
import { wholeBlocks } from './layout';

/**
 * How the blocked convolutions of a network keep its variables: whatever has a value a channel is filled up to whole blocks.
 * Null for those of linear layers, which stay as they are.
 */
export function blockedStorage(
  graph: LayerGraph,
  block: number,
): (spec: ParameterSpec | StatisticSpec) => VariableStorage | null {
  const readImages = new Set(
    graph.layers.filter(({ inputs }) => inputs.some((name) => isInput(graph, name))).map(({ name }) => name),
  );
  const depthwise = new Set(
    graph.layers.filter((layer) => layer.kind === 'conv' && layer.groups > 1).map(({ name }) => name),
  );
  return ({ role, shape, layer }) => {
    switch (role) {
      case 'convWeight':
        return blockedWeights(shape, block, readImages.has(layer) || depthwise.has(layer) ? 1 : block);
      case 'convBias':
      case 'batchNormScale':
      case 'batchNormShift':
      case 'runningMean':
      case 'runningVariance':
      case 'scatterFill':
        return filledUp(shape[0]!, block);
      case 'preluSlope':
        return shape[0] === 1 ? null : filledUp(shape[0]!, block);
      case 'linearWeight':
      case 'linearBias':
        return null;
    }
  };
}

/**
 * Convolution weights [filters, channels, height, width] as blocked convolutions read them: by block of filters, block of
 * channels, height, width, channel of the block, filter of the block. Images are in blocks of one channel, and so are depthwise
 * weights.
 */
export function blockedWeights(shape: readonly number[], block: number, channelBlock = block): VariableStorage {
  const [filters, channels, height, width] = shape as [number, number, number, number];
  const extents = [wholeBlocks(filters, block), wholeBlocks(channels, channelBlock), height, width] as const;
  const order = new Uint32Array(sizeOf(extents)).fill(filling);
  let stored = 0;
  for (let filterStart = 0; filterStart < filters; filterStart += block)
    for (let channelStart = 0; channelStart < channels; channelStart += channelBlock)
      for (let tap = 0; tap < height * width; tap++)
        for (let channel = channelStart; channel < channelStart + channelBlock; channel++)
          for (let filter = filterStart; filter < filterStart + block; filter++, stored++)
            if (filter < filters && channel < channels)
              order[stored] = (filter * channels + channel) * height * width + tap;
  return { extents, order };
}

function filledUp(count: number, block: number): VariableStorage | null {
  const whole = wholeBlocks(count, block);
  if (whole === count) return null;
  return {
    extents: [whole],
    order: Uint32Array.from({ length: whole }, (_, index) => (index < count ? index : filling)),
  };
}

function isInput(graph: LayerGraph, name: string): boolean {
  return graph.layers.some((layer) => layer.kind === 'input' && layer.name === name);
}
