import type { Layer } from './layers';

export type { Layer } from './layers';
export type { AddLayer } from './layers/add';
export type { BatchNormLayer } from './layers/batchNorm';
export type { ChannelScatterLayer } from './layers/channelScatter';
export type { ConvLayer } from './layers/conv';
export type { GlobalAveragePoolLayer } from './layers/globalAveragePool';
export type { InputLayer } from './layers/input';
export type { LinearLayer } from './layers/linear';
export type { ReluLayer } from './layers/relu';
export type { Shape } from './layers/shape';
export type { SubsamplePadLayer } from './layers/subsamplePad';

/** Layers in an order in which every layer comes after its inputs; the last one computes the logits. */
export interface LayerGraph {
  /** For people: `resnet20`. */
  readonly name: string;
  readonly layers: readonly Layer[];
}
