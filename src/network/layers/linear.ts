import { fixedChannels } from './channelFlow';
import { channels } from './fields';
import { only, soleInput, type LayerBase, type LayerContext, type LayerKind, type LayerPass } from './layerKind';
import { biasName, weightName } from './names';

/** Fully connected layer with bias; weights are [units, input features] as in PyTorch. */
export interface LinearLayer extends LayerBase {
  readonly kind: 'linear';
  readonly units: number;
}

export function linear(name: string, from: string, units: number): LinearLayer {
  return { kind: 'linear', name, inputs: [from], units };
}

/** Papers count the multiply-adds of convolutions alone. */
export const linearKind: LayerKind<LinearLayer> = {
  fields: { units: channels },
  shape: (layer, inputs) => {
    only(layer, inputs);
    return { channels: layer.units, height: 1, width: 1 };
  },
  parameters: (layer, inputs) => {
    const { channels, height, width } = only(layer, inputs);
    return [
      {
        name: weightName(layer.name),
        layer: layer.name,
        role: 'linearWeight',
        shape: [layer.units, channels * height * width],
        axes: ['output', 'features'],
      },
      {
        name: biasName(layer.name),
        layer: layer.name,
        role: 'linearBias',
        shape: [layer.units],
        axes: ['output'],
      },
    ];
  },
  narrowed: (layer, { output }) => ({ ...layer, units: output.length }),
  channelFlow: ({ units }) => fixedChannels(units),
  constants: ({ units }) => Array.from({ length: units }, () => null),
  train: pass,
};

function pass<T>(context: LayerContext<T, LinearLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input } = soleInput(context);
  const [weight, bias] = [weightName(layer.name), biasName(layer.name)];
  const weights = ops.variable(weight);
  return {
    output: ops.linear(input, weights, ops.variable(bias)),
    backward: (gradient) => ({
      inputs: [() => ops.linearInputGradient(gradient, weights, input)],
      parameters: new Map([
        [weight, ops.linearWeightGradient(gradient, input)],
        [bias, ops.linearBiasGradient(gradient)],
      ]),
    }),
  };
}
