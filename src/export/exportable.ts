import type { Tensor, TensorMap } from '../formats/tensor';
import type { LayerGraph } from '../network/graph';

/** A network to be written into a file, and what the file says about itself. */
export interface Exportable {
  readonly graph: LayerGraph;
  /** Parameters and running statistics by PyTorch's names and in its layouts: a state dict. */
  readonly tensors: TensorMap;
  readonly about: About;
}

export interface About {
  /** One line for people: which network of which run. */
  readonly title: string;
  /** Of SFP Lab. */
  readonly version: string;
  readonly input: InputForm;
  /** In the order of the logits. */
  readonly classes: readonly string[];
  /** Whatever else is known of run and weights, by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a pixel from 0 to 255 becomes the number that the network reads: (pixel - mean) / std, by channel. */
export interface InputForm {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Metadata of a file, with all that one has to know to use the network. */
export function fullMetadata({ input, classes, metadata }: About): Record<string, string> {
  return {
    ...metadata,
    mean: JSON.stringify(input.mean),
    std: JSON.stringify(input.std),
    normalisation: 'pixels from 0 to 255, by channel: (pixel - mean) / std',
    classes: JSON.stringify(classes),
  };
}

/** Throws an Error where the tensors are not those of the graph. */
export function tensorNamed(tensors: TensorMap, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The weights have no "${name}".`);
  return tensor;
}
