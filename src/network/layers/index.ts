import type { InputLayer, Layer } from '../graph';
import { add } from './add';
import { batchNorm, batchNormInference } from './batchNorm';
import { conv } from './conv';
import { linear } from './linear';
import { globalAveragePool } from './globalAveragePool';
import type { LayerContext, LayerPass } from './layerPass';
import { relu } from './relu';
import { subsamplePad } from './subsamplePad';

export type { LayerContext, LayerGradients, LayerPass } from './layerPass';

/** Layers that compute something. */
export type ComputingLayer = Exclude<Layer, InputLayer>;

/** A layer's forward pass in training, with what its backward pass needs. */
export function trainLayer<T>(context: LayerContext<T, ComputingLayer>): LayerPass<T> {
  const { layer } = context;
  switch (layer.kind) {
    case 'conv':
      return conv({ ...context, layer });
    case 'batchNorm':
      return batchNorm({ ...context, layer });
    case 'relu':
      return relu({ ...context, layer });
    case 'add':
      return add({ ...context, layer });
    case 'subsamplePad':
      return subsamplePad({ ...context, layer });
    case 'globalAveragePool':
      return globalAveragePool({ ...context, layer });
    case 'linear':
      return linear({ ...context, layer });
  }
}

/** A layer's output in evaluation: as in training, but batch norm goes by its running statistics. */
export function inferLayer<T>(context: LayerContext<T, ComputingLayer>): T {
  const { layer } = context;
  return layer.kind === 'batchNorm' ? batchNormInference({ ...context, layer }) : trainLayer(context).output;
}
