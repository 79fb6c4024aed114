import type { LayerGraph } from '../../../network/graph';
import {
  sizeOf,
  type ParameterRole,
  type ParameterSpec,
  type StatisticRole,
  type StatisticSpec,
} from '../../../network/parameters';
import { filling, type VariableStorage } from '../../variableLayout';
import { ChannelPlaces } from './channelPlaces';
import { layerForms } from './forms';

/**
 * How the blocked convolutions of a network keep its variables: whatever has a value a channel lies where the channels lie, with
 * zeros in what fills up. Null for those of layers that have nothing to do with blocks, and for weights of convolutions that go by
 * way of the plain layout, which stay as they are.
 */
export function blockedStorage(
  graph: LayerGraph,
  block: number,
): (spec: ParameterSpec | StatisticSpec) => VariableStorage | null {
  const forms = layerForms(graph, block);
  const depthwise = new Set(
    graph.layers.filter((layer) => layer.kind === 'conv' && layer.groups > 1).map(({ name }) => name),
  );
  return ({ role, shape, axes, layer }) => {
    const { inputs, output, isDetour } = forms.get(layer)!;
    if (!(output instanceof ChannelPlaces)) return null;
    switch (kept[role]) {
      case 'weights': {
        if (isDetour) return null;
        const [input] = inputs;
        const isBlocked = input instanceof ChannelPlaces && !depthwise.has(layer);
        return blockedWeights(shape, block, output, isBlocked ? input : null);
      }
      case 'byChannel':
        // One value is one for all channels.
        return axes[0] === 'output' ? byChannel(output) : null;
      case 'asItIs':
        return null;
    }
  };
}

/** In which form variables are kept, by what they are. */
const kept: Readonly<Record<ParameterRole | StatisticRole, 'weights' | 'byChannel' | 'asItIs'>> = {
  convWeight: 'weights',
  convBias: 'byChannel',
  batchNormScale: 'byChannel',
  batchNormShift: 'byChannel',
  runningMean: 'byChannel',
  runningVariance: 'byChannel',
  scatterFill: 'byChannel',
  preluSlope: 'byChannel',
  linearWeight: 'asItIs',
  linearBias: 'asItIs',
};

/**
 * Convolution weights [filters, channels, height, width] as blocked convolutions read them: by block of filters, block of
 * channels, height, width, channel of the block, filter of the block. Without places of channels they are in blocks of one, as
 * those of images and of depthwise weights are.
 */
export function blockedWeights(
  [, channels, height, width]: readonly number[],
  block: number,
  filterPlaces: ChannelPlaces,
  channelPlaces: ChannelPlaces | null,
): VariableStorage {
  const [count, taps] = [channels!, height! * width!];
  const [filters, own] = [filterPlaces.channels(), channelPlaces?.channels() ?? [...Array(count).keys()]];
  const channelBlock = channelPlaces ? block : 1;
  const extents = [filters.length, own.length, height!, width!] as const;
  const order = new Uint32Array(sizeOf(extents)).fill(filling);
  let stored = 0;
  for (let filterStart = 0; filterStart < filters.length; filterStart += block)
    for (let channelStart = 0; channelStart < own.length; channelStart += channelBlock)
      for (let tap = 0; tap < taps; tap++)
        for (const channel of own.slice(channelStart, channelStart + channelBlock))
          for (let place = filterStart; place < filterStart + block; place++, stored++) {
            const filter = filters[place] ?? null;
            if (filter !== null && channel !== null) order[stored] = (filter * count + channel) * taps + tap;
          }
  return { extents, order, rowPlaces: rowPlaces(filterPlaces) };
}

function byChannel(places: ChannelPlaces): VariableStorage | null {
  if (!places.isFilled) return null;
  return {
    extents: [places.stored],
    order: Uint32Array.from(places.channels(), (channel) => channel ?? filling),
    rowPlaces: rowPlaces(places),
  };
}

function rowPlaces(places: ChannelPlaces): readonly number[] | null {
  return places.isFilled ? places.places : null;
}
