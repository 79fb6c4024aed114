import type { Tensor, TensorMap } from '../formats/tensor';
import type { LayerGraph } from '../network/graph';

/** A network that is to be exported, with the description that the file carries. */
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
  /** Further facts about the run and its weights, by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a pixel from 0 to 255 becomes the number that the network reads: (pixel - mean) / std, by channel. */
export interface InputForm {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The metadata with what a user of the file needs to know: how images are normalised, and the class names. */
export function fullMetadata({ input, classes, metadata }: About): Record<string, string> {
  return {
    ...metadata,
    mean: JSON.stringify(input.mean),
    std: JSON.stringify(input.std),
    normalisation: 'pixels from 0 to 255, by channel: (pixel - mean) / std',
    classes: JSON.stringify(classes),
  };
}

/** The tensor of that name. Throws an Error when there is none. */
export function tensorNamed(tensors: TensorMap, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The weights have no "${name}".`);
  return tensor;
}
