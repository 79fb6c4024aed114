import type { TensorMap } from '../formats/tensor';
import type { Layer, LayerGraph } from '../network/graph';
import { fillName } from '../network/layers/names';
import { tensorNamed } from './exportable';

/** Kinds of layers that give no negative value, whatever they read. */
const always: ReadonlySet<Layer['kind']> = new Set(['hardSigmoid', 'relu', 'relu6', 'sigmoid']);

/** Kinds of layers that give no negative value where they read none. */
const asTheyRead: ReadonlySet<Layer['kind']> = new Set([
  'add',
  'averagePool',
  'channelScatter',
  'concat',
  'dropout',
  'flatten',
  'globalAveragePool',
  'globalMaxPool',
  'hardSwish',
  'leakyRelu',
  'maxPool',
  'multiply',
  'pad',
  'prelu',
  'silu',
  'subsamplePad',
]);

/** Names of the layers that are known to give no negative value in evaluation. */
export function nonNegativeLayers({ layers }: LayerGraph, tensors: TensorMap): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { kind, name, inputs } of layers) {
    const fills = kind === 'channelScatter' ? tensorNamed(tensors, fillName(name)).data : [];
    const passesOn = asTheyRead.has(kind) && inputs.every((input) => known.has(input));
    if (always.has(kind) || (passesOn && fills.every((value: number) => value >= 0))) known.add(name);
  }
  return known;
}
