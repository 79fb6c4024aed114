import { addKind, type AddLayer } from './add';
import { batchNormKind, type BatchNormLayer } from './batchNorm';
import { channelScatterKind, type ChannelScatterLayer } from './channelScatter';
import { convKind, type ConvLayer } from './conv';
import { globalAveragePoolKind, type GlobalAveragePoolLayer } from './globalAveragePool';
import { inputKind, type InputLayer } from './input';
import type { LayerKind } from './layerKind';
import { linearKind, type LinearLayer } from './linear';
import { reluKind, type ReluLayer } from './relu';
import { subsamplePadKind, type SubsamplePadLayer } from './subsamplePad';

export { add, type AddLayer } from './add';
export { batchNorm, type BatchNormLayer } from './batchNorm';
export { channelScatter, type ChannelScatterLayer } from './channelScatter';
export { conv, type ConvLayer } from './conv';
export { globalAveragePool, type GlobalAveragePoolLayer } from './globalAveragePool';
export { input, type InputLayer } from './input';
export { linear, type LinearLayer } from './linear';
export { relu, type ReluLayer } from './relu';
export { subsamplePad, type SubsamplePadLayer } from './subsamplePad';

export type Layer =
  | InputLayer
  | ConvLayer
  | BatchNormLayer
  | ReluLayer
  | AddLayer
  | SubsamplePadLayer
  | ChannelScatterLayer
  | GlobalAveragePoolLayer
  | LinearLayer;

type KindOf<Kind extends Layer['kind']> = LayerKind<Extract<Layer, { readonly kind: Kind }>>;

/** Every kind of layer; one that comes is a file beside this one and a line here. */
export const layerKinds: { readonly [Kind in Layer['kind']]: KindOf<Kind> } = {
  input: inputKind,
  conv: convKind,
  batchNorm: batchNormKind,
  relu: reluKind,
  add: addKind,
  subsamplePad: subsamplePadKind,
  channelScatter: channelScatterKind,
  globalAveragePool: globalAveragePoolKind,
  linear: linearKind,
};

/** What there is to know about a layer of this kind. */
export function kindOf(layer: Layer): LayerKind<Layer> {
  return layerKinds[layer.kind];
}
