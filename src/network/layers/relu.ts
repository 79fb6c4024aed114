import type { ReluLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

export function relu<T>(context: LayerContext<T, ReluLayer>): LayerPass<T> {
  const { ops } = context;
  const output = ops.relu(soleInput(context).input);
  return { output, backward: (gradient) => ({ inputs: [() => ops.reluGradient(gradient, output)] }) };
}
