import type { BatchNormLayer, ConvLayer, LayerGraph, Shape } from '../../src/network/graph';

/**
 * A small network with every kind of layer: convolutions of 3x3 and 1x1, strides 1 and 2, with and without batch norm,
 * three paths that are added. `EveryLayer` of makeTrajectory.py is the same, in the same order.
 */
export function everyLayer(input: Shape, classes: number): LayerGraph {
  return {
    name: 'everyLayer',
    layers: [
      { kind: 'input', name: 'input', inputs: [], shape: input },
      conv('stem.conv', 'input', 16),
      batchNorm('stem.bn', 'stem.conv'),
      { kind: 'relu', name: 'stem.relu', inputs: ['stem.bn'] },
      conv('plain.conv', 'stem.relu', 16),
      { kind: 'relu', name: 'plain.relu', inputs: ['plain.conv'] },
      conv('down.conv', 'plain.relu', 32, { stride: 2 }),
      batchNorm('down.bn', 'down.conv'),
      conv('down.projection', 'plain.relu', 32, { size: 1, stride: 2 }),
      { kind: 'subsamplePad', name: 'down.shortcut', inputs: ['plain.relu'], stride: 2, appendedChannels: 16 },
      { kind: 'add', name: 'down.projected', inputs: ['down.bn', 'down.projection'] },
      { kind: 'add', name: 'down.add', inputs: ['down.projected', 'down.shortcut'] },
      { kind: 'relu', name: 'down.relu', inputs: ['down.add'] },
      { kind: 'globalAveragePool', name: 'pool', inputs: ['down.relu'] },
      { kind: 'dense', name: 'classifier', inputs: ['pool'], units: classes },
    ],
  };
}

function conv(name: string, input: string, filters: number, { size = 3, stride = 1 } = {}): ConvLayer {
  const kernel = [size, size] as const;
  return { kind: 'conv', name, inputs: [input], filters, kernel, stride, padding: size >> 1, prunable: true };
}

function batchNorm(name: string, input: string): BatchNormLayer {
  return { kind: 'batchNorm', name, inputs: [input], epsilon: 1e-5, momentum: 0.1 };
}
