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
const kinds: { readonly [Kind in Layer['kind']]: KindOf<Kind> } = {
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
  return kinds[layer.kind];
}
