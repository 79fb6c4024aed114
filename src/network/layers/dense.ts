import type { DenseLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

export function dense<T>(context: LayerContext<T, DenseLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input } = soleInput(context);
  const [weightName, biasName] = [`${layer.name}.weight`, `${layer.name}.bias`];
  const weights = ops.variable(weightName);
  return {
    output: ops.dense(input, weights, ops.variable(biasName)),
    backward: (gradient) => ({
      inputs: [() => ops.denseInputGradient(gradient, weights, input)],
      parameters: new Map([
        [weightName, ops.denseWeightGradient(gradient, input)],
        [biasName, ops.denseBiasGradient(gradient)],
      ]),
    }),
  };
}
