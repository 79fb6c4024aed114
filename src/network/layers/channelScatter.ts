import * as z from 'zod';
import { constantChannels, type Channel } from './channelFlow';
import { channels, most } from './fields';
import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';
import { fillName } from './names';

/**
 * Spreads channels over a wider output, where a compact network comes to a shortcut that reads more of them: output channel
 * `positions[i]` is input channel i, and every other one is a constant, its entry in `fill`, [channels], which training leaves
 * as it is.
 */
export interface ChannelScatterLayer extends LayerBase {
  readonly kind: 'channelScatter';
  readonly channels: number;
  /** One for each input channel, all different, below `channels`. */
  readonly positions: readonly number[];
}

export function channelScatter(
  name: string,
  from: string,
  channels: number,
  positions: readonly number[],
): ChannelScatterLayer {
  return { kind: 'channelScatter', name, inputs: [from], channels, positions };
}

export const channelScatterKind: LayerKind<ChannelScatterLayer> = {
  fields: { channels, positions: z.array(z.int().min(0).max(most.channels)).max(most.channels) },
  shape: (layer, inputs) => {
    const { channels, height, width } = only(layer, inputs);
    const { name, positions } = layer;
    if (positions.length !== channels || new Set(positions).size !== channels)
      throw new Error(`Layer "${name}" must have a position of its own for each of its ${channels} inputs.`);
    if (positions.some((position) => position < 0 || position >= layer.channels))
      throw new Error(`Layer "${name}" has positions outside its ${layer.channels} channels.`);
    return { channels: layer.channels, height, width };
  },
  statistics: ({ name, channels }) => [
    { name: fillName(name), layer: name, role: 'scatterFill', shape: [channels], axes: ['output'] },
  ],
  narrowed: (layer, { output, inputs }) => ({
    ...layer,
    channels: output.length,
    positions: only(layer, inputs).map((channel) => output.indexOf(layer.positions[channel]!)),
  }),
  channelFlow: (layer, inputs) => {
    const flow: Channel[] = [...constantChannels(layer.channels)];
    for (const [index, channel] of only(layer, inputs).entries()) flow[layer.positions[index]!] = channel;
    return flow;
  },
  constants: (layer, inputs, _output, tensors) => {
    const fill = tensors.get(fillName(layer.name));
    const values: (number | null)[] = Array.from({ length: layer.channels }, (_, channel) => fill?.data[channel] ?? 0);
    for (const [index, value] of only(layer, inputs).entries()) values[layer.positions[index]!] = value;
    return values;
  },
  train: (context) => {
    const { layer, ops } = context;
    const name = fillName(layer.name);
    const fill = ops.variable(name);
    return {
      output: ops.scatterChannels(soleInput(context).input, fill, layer),
      statistics: new Map([[name, fill]]),
      backward: (gradient) => ({ inputs: [() => ops.scatterChannelsGradient(gradient, layer)] }),
    };
  },
};
