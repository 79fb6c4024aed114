import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

/** All values of an image as channels of a single place, channel by channel, as PyTorch's `flatten(1)`. */
export interface FlattenLayer extends LayerBase {
  readonly kind: 'flatten';
}

export function flatten(name: string, from: string): FlattenLayer {
  return { kind: 'flatten', name, inputs: [from] };
}

export const flattenKind: LayerKind<FlattenLayer> = {
  fields: {},
  shape: (layer, inputs) => {
    const { channels, height, width } = only(layer, inputs);
    return { channels: channels * height * width, height: 1, width: 1 };
  },
  channelFlow: (layer, inputs, output) => repeated(only(layer, inputs), output.channels),
  constants: (layer, inputs, output) => repeated(only(layer, inputs), output.channels),
  train: (context) => {
    const { ops } = context;
    const { input, shape } = soleInput(context);
    return {
      output: ops.flatten(input, shape),
      backward: (gradient) => ({ inputs: [() => ops.unflatten(gradient, shape)] }),
    };
  },
};

/** Each channel's entry for all of its places. */
function repeated<Entry>(entries: readonly Entry[], count: number): Entry[] {
  const places = count / entries.length;
  return entries.flatMap((entry) => Array.from({ length: places }, () => entry));
}
