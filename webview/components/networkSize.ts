import type { LayerGraph } from '../../src/network/graph';
import { inferShapes } from '../../src/network/shapes';
import { whole } from './numbers';

/** A sentence why something is not found out about a network. */
export interface TooLarge {
  readonly reason: string;
}

/** `done` says what is not done with the network: `drawn`. */
export function tooLarge(has: string, atMost: number, done: string): TooLarge {
  return { reason: `This network has ${has}, more than is ${done} here (${whole(atMost)}).` };
}

/** A stranger's network may have any form; ResNet-152 and DenseNet-201 have a quarter of these. */
const channelsAtMost = 2 ** 20;

/** Why nothing is done that takes a time that grows with the channels of all layers; null where it does not take long. */
export function tooManyChannels(graph: LayerGraph, done: string): TooLarge | null {
  let channels = 0;
  for (const shape of inferShapes(graph).values()) channels += shape.channels;
  return channels > channelsAtMost ? tooLarge(`${whole(channels)} channels`, channelsAtMost, done) : null;
}
