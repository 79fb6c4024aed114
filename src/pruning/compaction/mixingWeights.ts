import type { LayerGraph } from '../../network/graph';
import { parameterSpecs } from '../../network/parameters';
import { inferShapes } from '../../network/shapes';
import type { Tensor, TensorMap } from '../../network/state';

/** The weights by which a convolution or a linear layer mixes the channels of its input. */
export interface MixingWeights {
  /** Of the parameter. */
  readonly name: string;
  readonly layer: string;
  /** The layer that is read. */
  readonly input: string;
  readonly outputs: number;
  readonly inputs: number;
}

/** The mixing weights of every layer that has some, by its name. */
export function mixingWeights(graph: LayerGraph): ReadonlyMap<string, MixingWeights> {
  const shapes = inferShapes(graph);
  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
  return new Map(
    parameterSpecs(graph)
      .filter(({ axes }) => axes[0] === 'output' && (axes[1] === 'input' || axes[1] === 'features'))
      .map(({ name, layer, shape }) => {
        const input = layers.get(layer)!.inputs[0]!;
        return [layer, { name, layer, input, outputs: shape[0]!, inputs: shapes.get(input)!.channels }];
      }),
  );
}

/**
 * The weights from one input channel to one output channel: a kernel, or what a linear layer gives to the places of a channel.
 * They lie together in both, as PyTorch flattens channel by channel. Shares the tensor's memory.
 */
export function weightsBetween(
  { data }: Tensor,
  [outputs, inputs]: readonly [outputs: number, inputs: number],
  [output, input]: readonly [output: number, input: number],
): Float32Array {
  const size = data.length / (outputs * inputs);
  const start = (output * inputs + input) * size;
  return data.subarray(start, start + size);
}

/** Whether an output channel depends on an input channel. */
export function mixes(weights: MixingWeights, tensors: TensorMap, output: number, input: number): boolean {
  const { name, outputs, inputs } = weights;
  return weightsBetween(tensors.get(name)!, [outputs, inputs], [output, input]).some((weight) => weight !== 0);
}
