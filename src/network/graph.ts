/** Size of one image's activations after a layer. A linear layer's output is `channels` x 1 x 1. */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

interface LayerBase {
  /** Unique, human-readable and stable, as in `stage2.block1.conv2`. Parameter names start with it. */
  readonly name: string;
  /** Names of the layers whose outputs this layer reads, in order. */
  readonly inputs: readonly string[];
}

export interface InputLayer extends LayerBase {
  readonly kind: 'input';
  readonly shape: Shape;
}

/** 2-d convolution without bias; weights are [filters, input channels, kernel height, kernel width]. */
export interface ConvLayer extends LayerBase {
  readonly kind: 'conv';
  readonly filters: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  /** Zero rows and columns added on every side. */
  readonly padding: number;
  /** False for layers the pruning rule leaves alone (1x1 projection shortcuts). */
  readonly prunable: boolean;
}

/** Batch normalisation in PyTorch's sense: running = (1 - momentum) * running + momentum * batch. */
export interface BatchNormLayer extends LayerBase {
  readonly kind: 'batchNorm';
  readonly epsilon: number;
  readonly momentum: number;
}

export interface ReluLayer extends LayerBase {
  readonly kind: 'relu';
}

export interface AddLayer extends LayerBase {
  readonly kind: 'add';
}

/** Shortcut type A: takes every `stride`-th row and column, then appends `appendedChannels` zero channels. No weights. */
export interface SubsamplePadLayer extends LayerBase {
  readonly kind: 'subsamplePad';
  readonly stride: number;
  readonly appendedChannels: number;
}

export interface GlobalAveragePoolLayer extends LayerBase {
  readonly kind: 'globalAveragePool';
}

/** Fully connected layer with bias; weights are [units, input features] as in PyTorch. */
export interface LinearLayer extends LayerBase {
  readonly kind: 'linear';
  readonly units: number;
}

export type Layer =
  | InputLayer
  | ConvLayer
  | BatchNormLayer
  | ReluLayer
  | AddLayer
  | SubsamplePadLayer
  | GlobalAveragePoolLayer
  | LinearLayer;

/** Layers in an order in which every layer comes after its inputs; the last one computes the logits. */
export interface LayerGraph {
  /** For people: `resnet20`. */
  readonly name: string;
  readonly layers: readonly Layer[];
}
