import type { Layer } from '../../network/graph';
import { isLive, type ChannelFacts } from './channelFacts';

/** A channel of a layer's output. */
export interface ChannelRef {
  readonly layer: string;
  readonly channel: number;
}

/**
 * Which channels of every layer's output the compact network has. A layer that passes channels on has those of its input; a
 * sum has all that any of its inputs has, and an input that lacks some of them is either given them or spread by a scatter. A
 * product is as a sum.
 */
export class Layouts {
  readonly #kept: ReadonlyMap<string, Set<number>>;

  /** Starts with what is live, the images, all of the network's output, and all around layers that must have it. */
  constructor(private readonly facts: ChannelFacts) {
    const { layers } = facts.graph;
    const output = layers.at(-1)!.name;
    const readWhole = new Set(layers.flatMap(({ name, inputs }) => (facts.whole.has(name) ? inputs : [])));
    this.#kept = new Map(
      layers.map(({ name, kind }) => {
        const channels = Array.from(facts.constants.get(name)!, (_, channel) => channel);
        const isWhole = kind === 'input' || name === output || facts.whole.has(name) || readWhole.has(name);
        return [name, new Set(channels.filter((channel) => isWhole || isLive(facts, name, channel)))];
      }),
    );
  }

  has({ layer, channel }: ChannelRef): boolean {
    return this.#kept.get(layer)!.has(channel);
  }

  /** The channels that a layer's output has, in the order of the dense network, which is that of the compact one. */
  kept(layer: string): readonly number[] {
    return [...this.#kept.get(layer)!].sort((a, b) => a - b);
  }

  /** Channels of one of a layer's inputs that the layer's output has and the input lacks. */
  lacking({ name, inputs }: Layer, index: number): number[] {
    const from = this.#kept.get(inputs[index]!)!;
    const links = this.facts.links.get(name) ?? [];
    return [...this.#kept.get(name)!].flatMap((output) =>
      (links[output] ?? [])
        .filter(({ input, channel }) => input === index && !from.has(channel))
        .map(({ channel }) => channel),
    );
  }

  keep({ layer, channel }: ChannelRef): void {
    this.#kept.get(layer)!.add(channel);
  }

  /**
   * Grows the layouts until they fit together. An input of a sum is given all channels that it lacks if `mayHave` allows
   * every one of them; else a scatter will have to supply some, and may as well supply all.
   */
  settle(mayHave: (channel: ChannelRef) => boolean): void {
    const { layers } = this.facts.graph;
    let before: number;
    do {
      before = this.#count();
      for (const layer of layers) this.#passOn(layer);
      for (const layer of layers.toReversed()) this.#askFor(layer, mayHave);
    } while (this.#count() > before);
  }

  #count(): number {
    return [...this.#kept.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #passOn({ name, inputs }: Layer): void {
    for (const [output, sources] of (this.facts.links.get(name) ?? []).entries())
      if (sources.some(({ input, channel }) => this.has({ layer: inputs[input]!, channel })))
        this.keep({ layer: name, channel: output });
  }

  #askFor(layer: Layer, mayHave: (channel: ChannelRef) => boolean): void {
    const combines = (this.facts.links.get(layer.name) ?? []).some((sources) => sources.length > 1);
    for (const [index, name] of layer.inputs.entries()) {
      const lacking = this.lacking(layer, index).map((channel) => ({ layer: name, channel }));
      if (!combines || lacking.every(mayHave))
        lacking.forEach((channel) => {
          this.keep(channel);
        });
    }
  }
}
