import * as z from 'zod';
import { constantChannels } from './channelFlow';
import { most, stride } from './fields';
import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

/**
 * Shortcut type A of He et al. (CVPR 2016): takes every `stride`-th row and column, then appends `appendedChannels` zero
 * channels. No weights.
 */
export interface SubsamplePadLayer extends LayerBase {
  readonly kind: 'subsamplePad';
  readonly stride: number;
  readonly appendedChannels: number;
}

export function subsamplePad(name: string, from: string, stride: number, appendedChannels: number): SubsamplePadLayer {
  return { kind: 'subsamplePad', name, inputs: [from], stride, appendedChannels };
}

export const subsamplePadKind: LayerKind<SubsamplePadLayer> = {
  fields: { stride, appendedChannels: z.int().min(0).max(most.channels) },
  shape: (layer, inputs) => {
    const { channels, height, width } = only(layer, inputs);
    return {
      channels: channels + layer.appendedChannels,
      height: Math.ceil(height / layer.stride),
      width: Math.ceil(width / layer.stride),
    };
  },
  narrowed: (layer, { output, inputs }) => ({
    ...layer,
    appendedChannels: output.length - only(layer, inputs).length,
  }),
  channelFlow: (layer, inputs) => [...only(layer, inputs), ...constantChannels(layer.appendedChannels)],
  constants: (layer, inputs) => [...only(layer, inputs), ...Array.from({ length: layer.appendedChannels }, () => 0)],
  train: (context) => {
    const { layer, ops } = context;
    const { input, shape } = soleInput(context);
    return {
      output: ops.subsamplePad(input, shape, layer.stride, layer.appendedChannels),
      backward: (gradient) => ({ inputs: [() => ops.subsamplePadGradient(gradient, shape, layer.stride)] }),
    };
  },
};
