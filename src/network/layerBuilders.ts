import type {
  AddLayer,
  BatchNormLayer,
  ConvLayer,
  LinearLayer,
  GlobalAveragePoolLayer,
  InputLayer,
  ReluLayer,
  Shape,
  SubsamplePadLayer,
} from './graph';

/** One function for each kind of layer, with what networks have in common as defaults; each takes its name and what it reads first. */

/** PyTorch's values. With another epsilon pruned filters come back at another speed: it would be a different experiment. */
const batchNormDefaults = { epsilon: 1e-5, momentum: 0.1 };

export function input(name: string, shape: Shape): InputLayer {
  return { kind: 'input', name, inputs: [], shape };
}

/** With a square kernel that leaves the size of the image as it is at stride 1. */
export function conv(
  name: string,
  from: string,
  filters: number,
  { size = 3, stride = 1, padding = size >> 1 }: { size?: number; stride?: number; padding?: number } = {},
): ConvLayer {
  return { kind: 'conv', name, inputs: [from], filters, kernel: [size, size], stride, padding, prunable: true };
}

export function batchNorm(name: string, from: string): BatchNormLayer {
  return { kind: 'batchNorm', name, inputs: [from], ...batchNormDefaults };
}

export function relu(name: string, from: string): ReluLayer {
  return { kind: 'relu', name, inputs: [from] };
}

export function add(name: string, ...from: string[]): AddLayer {
  return { kind: 'add', name, inputs: from };
}

export function subsamplePad(name: string, from: string, stride: number, appendedChannels: number): SubsamplePadLayer {
  return { kind: 'subsamplePad', name, inputs: [from], stride, appendedChannels };
}

export function globalAveragePool(name: string, from: string): GlobalAveragePoolLayer {
  return { kind: 'globalAveragePool', name, inputs: [from] };
}

export function linear(name: string, from: string, units: number): LinearLayer {
  return { kind: 'linear', name, inputs: [from], units };
}
