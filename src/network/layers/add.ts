import type { Channel, Channels } from './channelFlow';
import type { LayerBase, LayerKind } from './layerKind';
import { shapeInWords, type Shape } from './shape';

/** The sum of two or more layers' outputs. */
export interface AddLayer extends LayerBase {
  readonly kind: 'add';
}

export function add(name: string, ...from: string[]): AddLayer {
  return { kind: 'add', name, inputs: from };
}

export const addKind: LayerKind<AddLayer> = {
  fields: {},
  shape: commonShape,
  channelFlow: (_layer, inputs, output): Channels =>
    Array.from({ length: output.channels }, (_, index) => joined(inputs.map((input) => input[index]!))),
  constants: (_layer, inputs, output) =>
    Array.from({ length: output.channels }, (_, channel) =>
      inputs.reduce<number | null>((sum, input) => {
        const value = input[channel] ?? null;
        return sum === null || value === null ? null : sum + value;
      }, 0),
    ),
  train: ({ ops, inputs }) => ({
    output: inputs.reduce((sum, input) => ops.add(sum, input)),
    backward: (gradient) => ({ inputs: inputs.map(() => () => gradient) }),
  }),
};

/** A sum is there as soon as one of its parts is. What feeds several of them counts once, or sums of sums would have no end. */
function joined(channels: readonly Channel[]): Channel {
  return {
    sources: [...new Set(channels.flatMap(({ sources }) => sources))],
    fixed: channels.some(({ fixed }) => fixed),
  };
}

function commonShape({ name }: AddLayer, inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs;
  if (!first || others.length === 0) throw new Error(`Layer "${name}" must have at least two inputs.`);
  const misfit = others.find(
    (other) => other.channels !== first.channels || other.height !== first.height || other.width !== first.width,
  );
  if (misfit) throw new Error(`Layer "${name}" adds shapes ${shapeInWords(first)} and ${shapeInWords(misfit)}.`);
  return first;
}
