import * as z from 'zod';
import type { TensorMap } from '../../formats/tensor';
import type { Constants } from './channelFlow';
import { only, soleInput, type LayerBase, type LayerContext, type LayerKind, type LayerPass } from './layerKind';
import { weightName } from './names';

/** x where it is positive, elsewhere x times a slope that is learnt (He et al., ICCV 2015). */
export interface PreluLayer extends LayerBase {
  readonly kind: 'prelu';
  /** Whether every channel has a slope of its own; one for all, PyTorch's default, if not. */
  readonly byChannel: boolean;
}

export function prelu(name: string, from: string, byChannel = false): PreluLayer {
  return { kind: 'prelu', name, inputs: [from], byChannel };
}

export const preluKind: LayerKind<PreluLayer> = {
  fields: { byChannel: z.boolean() },
  shape: only,
  parameters: (layer, inputs) => [
    {
      name: weightName(layer.name),
      layer: layer.name,
      role: 'preluSlope',
      shape: [layer.byChannel ? only(layer, inputs).channels : 1],
      axes: [layer.byChannel ? 'output' : 'other'],
    },
  ],
  channelFlow: only,
  constants: (layer, inputs, _output, tensors) => only(layer, inputs).map(slopes(layer, tensors)),
  train: pass,
};

function slopes(layer: PreluLayer, tensors: TensorMap): (value: number | null, channel: number) => Constants[number] {
  const tensor = tensors.get(weightName(layer.name));
  if (!tensor) throw new Error(`The state has no "${weightName(layer.name)}".`);
  return (value, channel) => {
    if (value === null || value > 0) return value;
    return Math.fround(value * tensor.data[layer.byChannel ? channel : 0]!);
  };
}

/** With n = x - relu(x), the part that is not positive: y = relu(x) + slope * n. */
function pass<T>(context: LayerContext<T, PreluLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input } = soleInput(context);
  const name = weightName(layer.name);
  const slope = ops.variable(name);
  const positive = ops.relu(input);
  const negative = ops.add(input, ops.scaled(positive, -1));
  return {
    output: ops.add(positive, ops.scaledByChannel(negative, slope)),
    backward: (gradient) => {
      const ofPositive = ops.reluGradient(gradient, positive);
      const sums = ops.channelSums(ops.multiply(gradient, negative));
      return {
        inputs: [
          () => {
            const ofNegative = ops.add(gradient, ops.scaled(ofPositive, -1));
            return ops.add(ofPositive, ops.scaledByChannel(ofNegative, slope));
          },
        ],
        parameters: new Map([[name, layer.byChannel ? sums : ops.vectorSum(sums)]]),
      };
    },
  };
}
