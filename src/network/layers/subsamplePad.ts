import type { SubsamplePadLayer } from '../graph';
import { soleInput, type LayerContext, type LayerPass } from './layerPass';

/** Shortcut type A of He et al. (CVPR 2016). */
export function subsamplePad<T>(context: LayerContext<T, SubsamplePadLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input, shape } = soleInput(context);
  return {
    output: ops.subsamplePad(input, layer.stride, layer.appendedChannels),
    backward: (gradient) => ({ inputs: [() => ops.subsamplePadGradient(gradient, shape, layer.stride)] }),
  };
}
