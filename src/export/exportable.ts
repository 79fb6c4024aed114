import type { Tensor, TensorMap } from '../formats/tensor';
import type { DatasetInfo } from '../data/dataset';
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
  /** What stands in the place of such a pixel; left out where it is one. */
  readonly values?: string;
}

/** As the images of a data set are normalised. */
export function inputForm({ mean, std, own }: DatasetInfo): InputForm {
  return { mean, std, ...(own?.pixels === 'floats' && { values: 'value as in the arrays' }) };
}

/** What is normalised, for people. */
export function valuesOf({ values }: InputForm): string {
  return values ?? 'pixel from 0 to 255';
}

/** The metadata with what a user of the file needs to know: how images are normalised, and the class names. */
export function fullMetadata({ input, classes, metadata }: About): Record<string, string> {
  return {
    ...metadata,
    mean: JSON.stringify(input.mean),
    std: JSON.stringify(input.std),
    normalisation: normalisationOf(input),
    classes: JSON.stringify(classes),
  };
}

function normalisationOf({ values }: InputForm): string {
  if (values === undefined) return 'pixels from 0 to 255, by channel: (pixel - mean) / std';
  return `${values}, by channel: (value - mean) / std`;
}

/** The tensor of that name. Throws an Error when there is none. */
export function tensorNamed(tensors: TensorMap, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The weights have no "${name}".`);
  return tensor;
}
