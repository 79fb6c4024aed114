import type { Layer, LayerGraph } from '../../src/network/graph';
import {
  add,
  averagePool,
  batchNorm,
  channelScatter,
  concat,
  conv,
  globalAveragePool,
  hardSigmoid,
  hardSwish,
  input,
  linear,
  multiply,
  prelu,
  relu,
  sigmoid,
  silu,
  subsamplePad,
} from '../../src/network/layers';

/** Layers of residual networks; what a shortcut appends lies where its input is filled up, and is read without a relu before. */
export function residual(width: number): LayerGraph {
  return {
    name: 'residual',
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('stem', 'input', width),
      batchNorm('stem.bn', 'stem'),
      relu('stem.relu', 'stem.bn'),
      conv('wide', 'stem.relu', width + 2, { stride: 2 }),
      batchNorm('wide.bn', 'wide'),
      subsamplePad('shortcut', 'stem', 2, 2),
      conv('narrow', 'shortcut', width),
      batchNorm('narrow.bn', 'narrow'),
      channelScatter('scatter', 'narrow.bn', width + 2, spreadPositions(width)),
      add('shortcuts', 'shortcut', 'scatter'),
      add('sum', 'wide.bn', 'shortcuts'),
      relu('relu', 'sum'),
      conv('last', 'relu', 2 * width + 1),
      relu('last.relu', 'last'),
      globalAveragePool('pool', 'last.relu'),
      linear('classifier', 'pool', 4),
    ],
  };
}

/** Squeeze and excitation by filters and by matrices, and gates of every place, one of which is read by a convolution. */
export function gated(width: number): LayerGraph {
  return {
    name: 'gated',
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('stem', 'input', width),
      batchNorm('stem.bn', 'stem'),
      hardSwish('stem.swish', 'stem.bn'),
      globalAveragePool('squeezed', 'stem.swish'),
      conv('reduced', 'squeezed', 5, { size: 1, bias: true }),
      relu('between', 'reduced'),
      conv('expanded', 'between', width, { size: 1, bias: true }),
      hardSigmoid('factors', 'expanded'),
      multiply('excited', 'stem.swish', 'factors'),
      conv('wide', 'excited', width + 2, { stride: 2 }),
      batchNorm('wide.bn', 'wide'),
      silu('wide.silu', 'wide.bn'),
      conv('places', 'wide.silu', width + 2, { size: 1, bias: true }),
      sigmoid('gate', 'places'),
      multiply('through', 'wide.silu', 'gate'),
      conv('of-gate', 'gate', width + 2, { size: 1 }),
      add('sum', 'through', 'of-gate'),
      globalAveragePool('second.squeezed', 'sum'),
      linear('second.reduced', 'second.squeezed', 6),
      relu('second.between', 'second.reduced'),
      linear('second.expanded', 'second.between', width + 2),
      sigmoid('second.factors', 'second.expanded'),
      multiply('second.excited', 'sum', 'second.factors'),
      conv('last', 'second.excited', 2 * width + 1),
      relu('last.relu', 'last'),
      globalAveragePool('pool', 'last.relu'),
      linear('hidden', 'pool', 7),
      relu('hidden.relu', 'hidden'),
      linear('classifier', 'hidden.relu', 4),
    ],
  };
}

/** Two dense blocks as DenseNet-BC has them (Huang et al., CVPR 2017), growing by 3, 3 and 5 channels. */
export function dense(width: number): LayerGraph {
  const grown = (name: string, from: string, by: number): Layer[] => [
    batchNorm(`${name}.bn1`, from),
    relu(`${name}.relu1`, `${name}.bn1`),
    conv(`${name}.conv1`, `${name}.relu1`, width, { size: 1 }),
    batchNorm(`${name}.bn2`, `${name}.conv1`),
    relu(`${name}.relu2`, `${name}.bn2`),
    conv(`${name}.conv2`, `${name}.relu2`, by),
    concat(name, from, `${name}.conv2`),
  ];
  return {
    name: 'dense',
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('stem', 'input', width),
      prelu('stem.prelu', 'stem', true),
      ...grown('first', 'stem.prelu', 3),
      ...grown('second', 'first', 3),
      batchNorm('transition.bn', 'second'),
      relu('transition.relu', 'transition.bn'),
      conv('transition.conv', 'transition.relu', width + 2, { size: 1 }),
      averagePool('transition', 'transition.conv'),
      ...grown('third', 'transition', 5),
      batchNorm('last', 'third'),
      relu('last.relu', 'last'),
      globalAveragePool('pool', 'last.relu'),
      linear('classifier', 'pool', 4),
    ],
  };
}

/**
 * Convolutions that no blocked one computes: with groups, dilation, uneven strides, much padding, more filters than groups. A
 * rectifier would let rounding decide whether a value near zero is one.
 */
export function detoured(width: number): LayerGraph {
  return {
    name: 'detoured',
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('stem', 'input', width),
      batchNorm('stem.bn', 'stem'),
      silu('stem.silu', 'stem.bn'),
      conv('dilated', 'stem.silu', 6, { dilation: 2, bias: true }),
      conv('deep', 'dilated', 6, { dilation: 2, groups: 6 }),
      batchNorm('deep.bn', 'deep'),
      silu('deep.silu', 'deep.bn'),
      conv('grouped', 'deep.silu', 9, { groups: 3, bias: true }),
      conv('more', 'deep.silu', 18, { groups: 6, size: 1 }),
      concat('both', 'grouped', 'more'),
      silu('both.silu', 'both'),
      conv('uneven', 'both.silu', width, { stride: 3 }),
      conv('beside', 'both.silu', width, { size: 3, padding: 3, stride: 4 }),
      add('sum', 'uneven', 'beside'),
      batchNorm('sum.bn', 'sum'),
      silu('sum.silu', 'sum.bn'),
      conv('last', 'sum.silu', 2 * width + 1),
      silu('last.silu', 'last'),
      globalAveragePool('pool', 'last.silu'),
      linear('classifier', 'pool', 4),
    ],
  };
}

/** All but the first and the last of `width + 2` channels, the last of them first. */
function spreadPositions(width: number): number[] {
  return Array.from({ length: width }, (_, index) => width - index);
}
