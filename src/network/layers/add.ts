import type { AddLayer } from '../graph';
import type { LayerContext, LayerPass } from './layerPass';

export function add<T>({ ops, inputs }: LayerContext<T, AddLayer>): LayerPass<T> {
  return {
    output: inputs.reduce((sum, input) => ops.add(sum, input)),
    backward: (gradient) => ({ inputs: inputs.map(() => () => gradient) }),
  };
}
