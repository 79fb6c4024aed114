import type { ConvLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

export function conv<T>(context: LayerContext<T, ConvLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input, shape } = soleInput(context);
  const name = `${layer.name}.weight`;
  const weights = ops.variable(name);
  return {
    output: ops.conv2d(input, weights, layer),
    backward: (gradient) => ({
      inputs: [() => ops.conv2dInputGradient(gradient, weights, shape, layer)],
      parameters: new Map([[name, ops.conv2dWeightGradient(gradient, input, layer)]]),
    }),
  };
}
