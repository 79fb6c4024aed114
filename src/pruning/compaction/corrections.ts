import type { Layer } from '../../network/graph';
import { isLive, type ChannelFacts } from './channelFacts';
import type { Layouts } from './layouts';
import { mixes } from './mixingWeights';

/**
 * How a layer that reads removed constants still gets what they gave. `bias`: it has one. `mean`: without padding a constant
 * adds the same everywhere, which the running mean of the batch norm behind can take off. `carrier`: behind zero padding it
 * adds less at the borders; one of the constants stays, and is given the weights of all.
 */
export type Remedy = 'bias' | 'mean' | 'carrier';

/** A layer that reads constants, not zero, which the compact network does not have. */
export interface Correction {
  readonly layer: string;
  /** The layer that is read. */
  readonly input: string;
  readonly remedy: Remedy;
  /** Channels of the input, in the dense network. */
  readonly constants: readonly number[];
}

/** The corrections that a compact network of these layouts needs. */
export function neededCorrections(facts: ChannelFacts, layouts: Layouts): Correction[] {
  return facts.graph.layers.flatMap((layer): Correction[] => {
    const weights = facts.mixing.get(layer.name);
    if (!weights) return [];
    const outputs = layouts.kept(layer.name).filter((output) => isLive(facts, layer.name, output));
    const constants = [...facts.constants.get(weights.input)!.entries()].flatMap(([channel, value]) =>
      value !== null &&
      value !== 0 &&
      !layouts.has({ layer: weights.input, channel }) &&
      outputs.some((output) => mixes(weights, facts.tensors, output, channel))
        ? [channel]
        : [],
    );
    if (constants.length === 0) return [];
    return [{ layer: layer.name, input: weights.input, remedy: remedyFor(layer, facts), constants }];
  });
}

function remedyFor(layer: Layer, { graph }: ChannelFacts): Remedy {
  if (layer.kind === 'linear') return 'bias';
  const readers = readersOf(graph.layers, layer.name);
  const isUniform = layer.kind === 'conv' && layer.padding === 0;
  if (isUniform && layer.bias) return 'bias';
  return isUniform && readers.length > 0 && readers.every(({ kind }) => kind === 'batchNorm') ? 'mean' : 'carrier';
}

/** The layers that read a layer's output. */
export function readersOf(layers: readonly Layer[], name: string): Layer[] {
  return layers.filter(({ inputs }) => inputs.includes(name));
}
