import type { GlobalAveragePoolLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

export function globalAveragePool<T>(context: LayerContext<T, GlobalAveragePoolLayer>): LayerPass<T> {
  const { ops } = context;
  const { input, shape } = soleInput(context);
  return {
    output: ops.globalAveragePool(input),
    backward: (gradient) => ({ inputs: [() => ops.globalAveragePoolGradient(gradient, shape)] }),
  };
}
