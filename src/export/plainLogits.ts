import type { TensorMap } from '../formats/tensor';
import type { LayerGraph } from '../network/graph';
import { imageShape, inferShapes } from '../network/shapes';
import { tensorNamed } from './exportable';
import { plainOutput } from './plainLayers';

/**
 * Logits [count, classes] of a network in evaluation mode, of float32 images [count, channels, height, width]: plain loops in
 * double precision that share no code with the engines, as the reference that an exported file is compared with. Slow: meant
 * for a few images.
 */
export function plainLogits(graph: LayerGraph, tensors: TensorMap, images: Float32Array, count: number): Float64Array {
  const { channels, height, width } = imageShape(graph);
  const size = channels * height * width;
  const logits = Array.from({ length: count }, (_, image) =>
    logitsOfOne(graph, tensors, Float64Array.from(images.subarray(image * size, (image + 1) * size))),
  );
  return Float64Array.from(logits.flatMap((row) => [...row]));
}

function logitsOfOne(graph: LayerGraph, tensors: TensorMap, image: Float64Array): Float64Array {
  const shapes = inferShapes(graph);
  const outputs = new Map<string, Float64Array>();
  for (const layer of graph.layers) {
    const pass = {
      layer,
      inputs: layer.kind === 'input' ? [image] : layer.inputs.map((name) => outputs.get(name)!),
      inputShape: shapes.get(layer.inputs[0] ?? layer.name)!,
      shape: shapes.get(layer.name)!,
      values: (name: string) => tensorNamed(tensors, name).data,
    };
    outputs.set(layer.name, plainOutput(pass));
  }
  return outputs.get(graph.layers.at(-1)!.name)!;
}
