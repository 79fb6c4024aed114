import { DisjointSets } from '../disjointSets';
import type { ChannelFacts } from './channelFacts';
import type { Correction } from './corrections';
import type { ChannelRef } from './layouts';

/**
 * A carrier's constant is at least this share of the largest that it stands for: an engine computes constants in single
 * precision, and a small one as the difference of larger ones, whose rounding the weights would multiply.
 */
const smallestShare = 1 / 8;

/** Channels that are the same channel, passed on or added into each other from layer to layer, by the name of one of them. */
export class ChannelClasses {
  readonly #sets = new DisjointSets();

  constructor({ graph, links }: ChannelFacts) {
    for (const { name, inputs } of graph.layers)
      for (const [output, sources] of (links.get(name) ?? []).entries())
        for (const { input, channel } of sources)
          this.#sets.join(keyOf({ layer: name, channel: output }), keyOf({ layer: inputs[input]!, channel }));
  }

  of(channel: ChannelRef): string {
    return this.#sets.rootOf(keyOf(channel));
  }
}

function keyOf({ layer, channel }: ChannelRef): string {
  return `${layer}:${channel}`;
}

/**
 * Few constant channels that stand for all removed ones at every layer that needs a carrier: the class of channels that
 * serves most of those not yet served, of equal ones that with the largest constants, until all are served (Chvatal's greedy
 * set cover, 1979). One class may serve several layers along a shortcut, whose constants change from block to block.
 * Returns the channels to keep, each in the layer that is read.
 */
export function chooseCarriers(
  facts: ChannelFacts,
  classes: ChannelClasses,
  corrections: readonly Correction[],
): ChannelRef[] {
  let unserved = corrections
    .filter(({ remedy }) => remedy === 'carrier')
    .map(({ input, constants }) => ({ input, constants }));
  const chosen: ChannelRef[] = [];
  while (unserved.length > 0) {
    const offers = new Map<string, Offer>();
    for (const reading of unserved) {
      for (const { channel, share } of candidates(facts, reading)) {
        const id = classes.of(channel);
        const offer = offers.get(id) ?? { channels: [], readings: new Set(), shares: 0 };
        offer.channels.push(channel);
        offer.readings.add(reading);
        offer.shares += share;
        offers.set(id, offer);
      }
    }
    const best = [...offers.values()].reduce((a, b) => (isBetter(b, a) ? b : a));
    chosen.push(...best.channels);
    unserved = unserved.filter((reading) => !best.readings.has(reading));
  }
  return chosen;
}

type Reading = Pick<Correction, 'input' | 'constants'>;

/** What a class of channels would do for those layers that are not served yet. */
interface Offer {
  readonly channels: ChannelRef[];
  readonly readings: Set<Reading>;
  shares: number;
}

function isBetter(one: Offer, other: Offer): boolean {
  const more = one.readings.size - other.readings.size;
  return more > 0 || (more === 0 && one.shares > other.shares);
}

/** The constants that could stand for those that a layer reads, each with its size as a share of the largest of these. */
function candidates(facts: ChannelFacts, { input, constants }: Reading): { channel: ChannelRef; share: number }[] {
  const values = facts.constants.get(input)!;
  const largest = Math.max(...constants.map((channel) => Math.abs(values[channel]!)));
  return [...values.entries()].flatMap(([channel, value]) => {
    const share = Math.abs(value ?? 0) / largest;
    return share >= smallestShare ? [{ channel: { layer: input, channel }, share: Math.min(share, 1) }] : [];
  });
}

/** Of the constants of a layer that the compact network has the largest, which carries the others; null without any. */
export function carrierAmong(facts: ChannelFacts, input: string, kept: readonly number[]): number | null {
  const sizes = facts.constants.get(input)!.map((value) => Math.abs(value ?? 0));
  return kept.reduce<number | null>(
    (best, channel) => (sizes[channel]! > (best === null ? 0 : sizes[best]!) ? channel : best),
    null,
  );
}
