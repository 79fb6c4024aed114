import type { LinearLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

export function linear<T>(context: LayerContext<T, LinearLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input } = soleInput(context);
  const [weightName, biasName] = [`${layer.name}.weight`, `${layer.name}.bias`];
  const weights = ops.variable(weightName);
  return {
    output: ops.linear(input, weights, ops.variable(biasName)),
    backward: (gradient) => ({
      inputs: [() => ops.linearInputGradient(gradient, weights, input)],
      parameters: new Map([
        [weightName, ops.linearWeightGradient(gradient, input)],
        [biasName, ops.linearBiasGradient(gradient)],
      ]),
    }),
  };
}
