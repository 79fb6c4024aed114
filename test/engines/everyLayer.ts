import type { LayerGraph, Shape } from '../../src/network/graph';
import { add, batchNorm, conv, linear, globalAveragePool, input, relu, subsamplePad } from '../../src/network/layers';

/**
 * A small network with every kind of layer: convolutions of 3x3 and 1x1, strides 1 and 2, with and without batch norm,
 * three paths that are added. `EveryLayer` of makeTrajectory.py is the same, in the same order.
 */
export function everyLayer(shape: Shape, classes: number): LayerGraph {
  return {
    name: 'everyLayer',
    layers: [
      input('input', shape),
      conv('stem.conv', 'input', 16),
      batchNorm('stem.bn', 'stem.conv'),
      relu('stem.relu', 'stem.bn'),
      conv('plain.conv', 'stem.relu', 16),
      relu('plain.relu', 'plain.conv'),
      conv('down.conv', 'plain.relu', 32, { stride: 2 }),
      batchNorm('down.bn', 'down.conv'),
      conv('down.projection', 'plain.relu', 32, { size: 1, stride: 2 }),
      subsamplePad('down.shortcut', 'plain.relu', 2, 16),
      add('down.projected', 'down.bn', 'down.projection'),
      add('down.add', 'down.projected', 'down.shortcut'),
      relu('down.relu', 'down.add'),
      globalAveragePool('pool', 'down.relu'),
      linear('classifier', 'pool', classes),
    ],
  };
}
