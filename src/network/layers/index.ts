import { addKind, type AddLayer } from './add';
import { averagePoolKind, type AveragePoolLayer } from './averagePool';
import { batchNormKind, type BatchNormLayer } from './batchNorm';
import { channelScatterKind, type ChannelScatterLayer } from './channelScatter';
import { concatKind, type ConcatLayer } from './concat';
import { convKind, type ConvLayer } from './conv';
import { dropoutKind, type DropoutLayer } from './dropout';
import { flattenKind, type FlattenLayer } from './flatten';
import { globalAveragePoolKind, type GlobalAveragePoolLayer } from './globalAveragePool';
import { globalMaxPoolKind, type GlobalMaxPoolLayer } from './globalMaxPool';
import { hardSigmoidKind, type HardSigmoidLayer } from './hardSigmoid';
import { hardSwishKind, type HardSwishLayer } from './hardSwish';
import { inputKind, type InputLayer } from './input';
import type { LayerKind } from './layerKind';
import { leakyReluKind, type LeakyReluLayer } from './leakyRelu';
import { linearKind, type LinearLayer } from './linear';
import { maxPoolKind, type MaxPoolLayer } from './maxPool';
import { multiplyKind, type MultiplyLayer } from './multiply';
import { padKind, type PadLayer } from './pad';
import { preluKind, type PreluLayer } from './prelu';
import { reluKind, type ReluLayer } from './relu';
import { relu6Kind, type Relu6Layer } from './relu6';
import { sigmoidKind, type SigmoidLayer } from './sigmoid';
import { siluKind, type SiluLayer } from './silu';
import { subsamplePadKind, type SubsamplePadLayer } from './subsamplePad';

export { add, type AddLayer } from './add';
export { averagePool, type AveragePoolLayer } from './averagePool';
export { batchNorm, type BatchNormLayer } from './batchNorm';
export { channelScatter, type ChannelScatterLayer } from './channelScatter';
export { concat, type ConcatLayer } from './concat';
export { conv, type ConvLayer } from './conv';
export { dropout, type DropoutLayer } from './dropout';
export { flatten, type FlattenLayer } from './flatten';
export { globalAveragePool, type GlobalAveragePoolLayer } from './globalAveragePool';
export { globalMaxPool, type GlobalMaxPoolLayer } from './globalMaxPool';
export { hardSigmoid, type HardSigmoidLayer } from './hardSigmoid';
export { hardSwish, type HardSwishLayer } from './hardSwish';
export { input, type InputLayer } from './input';
export { leakyRelu, type LeakyReluLayer } from './leakyRelu';
export { linear, type LinearLayer } from './linear';
export { maxPool, type MaxPoolLayer } from './maxPool';
export { multiply, type MultiplyLayer } from './multiply';
export { pad, type PadLayer } from './pad';
export { prelu, type PreluLayer } from './prelu';
export { relu, type ReluLayer } from './relu';
export { relu6, type Relu6Layer } from './relu6';
export { sigmoid, type SigmoidLayer } from './sigmoid';
export { silu, type SiluLayer } from './silu';
export { subsamplePad, type SubsamplePadLayer } from './subsamplePad';

export type Layer =
  | AddLayer
  | AveragePoolLayer
  | BatchNormLayer
  | ChannelScatterLayer
  | ConcatLayer
  | ConvLayer
  | DropoutLayer
  | FlattenLayer
  | GlobalAveragePoolLayer
  | GlobalMaxPoolLayer
  | HardSigmoidLayer
  | HardSwishLayer
  | InputLayer
  | LeakyReluLayer
  | LinearLayer
  | MaxPoolLayer
  | MultiplyLayer
  | PadLayer
  | PreluLayer
  | ReluLayer
  | Relu6Layer
  | SigmoidLayer
  | SiluLayer
  | SubsamplePadLayer;

/** The layers of a kind. */
export type LayerOf<Kind extends Layer['kind']> = Extract<Layer, { readonly kind: Kind }>;

type KindOf<Kind extends Layer['kind']> = LayerKind<LayerOf<Kind>>;

/** Every kind of layer; one that comes is a file beside this one and a line here. */
export const layerKinds: { readonly [Kind in Layer['kind']]: KindOf<Kind> } = {
  add: addKind,
  averagePool: averagePoolKind,
  batchNorm: batchNormKind,
  channelScatter: channelScatterKind,
  concat: concatKind,
  conv: convKind,
  dropout: dropoutKind,
  flatten: flattenKind,
  globalAveragePool: globalAveragePoolKind,
  globalMaxPool: globalMaxPoolKind,
  hardSigmoid: hardSigmoidKind,
  hardSwish: hardSwishKind,
  input: inputKind,
  leakyRelu: leakyReluKind,
  linear: linearKind,
  maxPool: maxPoolKind,
  multiply: multiplyKind,
  pad: padKind,
  prelu: preluKind,
  relu: reluKind,
  relu6: relu6Kind,
  sigmoid: sigmoidKind,
  silu: siluKind,
  subsamplePad: subsamplePadKind,
};

/** What there is to know about a layer of this kind. */
export function kindOf(layer: Layer): LayerKind<Layer> {
  return layerKinds[layer.kind];
}
