import { encodeOnnxNetwork } from '../export/onnx';
import type { ConvolutionShape } from '../layerTimes/convolutions';
import type { Layer, LayerGraph } from '../network/graph';
import { add, batchNorm, conv, globalAveragePool, input, linear, relu } from '../network/layers';
import { parameterSpecs, sizeOf, statisticSpecs } from '../network/parameters';
import type { TensorMap } from '../network/state';

/**
 * A network that is little more than pairs of convolutions from `one` channels to `other` and back, each with batch norm and ReLU,
 * and with a shortcut over each pair: what residual networks are made of, and what onnxruntime fuses as it does in them.
 */
export function convolutionChain(shape: ConvolutionShape, [one, other]: readonly [number, number], pairs: number) {
  const layers: Layer[] = [
    input('images', { channels: 3, height: shape.height, width: shape.width }),
    ...convolution('stem', 'images', one, 1),
    relu('stem.relu', 'stem.bn'),
  ];
  let last = 'stem.relu';
  for (let pair = 0; pair < pairs; pair++) {
    const name = `pair${pair}`;
    layers.push(
      ...convolution(`${name}.there`, last, other, shape.kernel),
      relu(`${name}.there.relu`, `${name}.there.bn`),
      ...convolution(`${name}.back`, `${name}.there.relu`, one, shape.kernel),
      add(`${name}.sum`, `${name}.back.bn`, last),
      relu(`${name}.relu`, `${name}.sum`),
    );
    last = `${name}.relu`;
  }
  layers.push(globalAveragePool('pool', last), linear('classifier', 'pool', 1));
  return { name: 'chain', layers } satisfies LayerGraph;
}

/** The image keeps its size. */
function convolution(name: string, from: string, filters: number, size: number): Layer[] {
  return [conv(name, from, filters, { size }), batchNorm(`${name}.bn`, name)];
}

/** The bytes of a network's ONNX file with weights that nobody trained: how long it takes does not depend on them. */
export function untrainedOnnx(graph: LayerGraph, tensors = untrainedTensors(graph)): Uint8Array {
  const about = { title: graph.name, version: '', input: { mean: [], std: [] }, classes: [], metadata: {} };
  return encodeOnnxNetwork({ graph, tensors, about });
}

/** All tensors of a network, of weights that nobody trained. */
export function untrainedTensors(graph: LayerGraph): TensorMap {
  return new Map(
    [...parameterSpecs(graph), ...statisticSpecs(graph)].map(({ name, role, shape }) => [
      name,
      { shape, data: new Float32Array(sizeOf(shape)).map(valueOf(role, shape)) },
    ]),
  );
}

/** Weights of both signs that keep activations at the size of 1: numbers near 0 would be slow to compute with. */
function valueOf(role: string, shape: readonly number[]): (_: number, index: number) => number {
  switch (role) {
    case 'runningVariance':
    case 'batchNormScale':
      return () => 1;
    case 'convWeight':
    case 'linearWeight': {
      const scale = 1 / Math.sqrt(sizeOf(shape.slice(1)));
      return (_, index) => scale * ((Math.imul(index, 0x9e3779b1) >>> 8) / 2 ** 23 - 1) * Math.sqrt(3);
    }
    default:
      return () => 0;
  }
}
