import { wholeBlocks } from './layout';

/**
 * Where the channels of a blocked tensor lie among those in memory. The places between and behind them fill blocks up and hold
 * zeros: a concatenation of blocked tensors is one of their blocks, each with its filling.
 */
export class ChannelPlaces {
  private constructor(
    /** Channels in memory: whole blocks. */
    readonly stored: number,
    /** For each channel its place, ascending. */
    readonly places: readonly number[],
  ) {}

  /** So many channels one after another, filled up at the end. */
  static filledUp(count: number, block: number): ChannelPlaces {
    return new ChannelPlaces(
      wholeBlocks(count, block),
      Array.from({ length: count }, (_, channel) => channel),
    );
  }

  /** The blocks of several tensors one after another. */
  static joined(parts: readonly ChannelPlaces[]): ChannelPlaces {
    let stored = 0;
    const places = parts.flatMap((part) => {
      const start = stored;
      stored += part.stored;
      return part.places.map((place) => start + place);
    });
    return new ChannelPlaces(stored, places);
  }

  /** With so many channels more: in what fills up the end where no hole is before it, else in blocks of their own. */
  withAppended(count: number, block: number): ChannelPlaces {
    if (count === 0) return this;
    const { length } = this.places;
    return this.hasHoles
      ? ChannelPlaces.joined([this, ChannelPlaces.filledUp(count, block)])
      : ChannelPlaces.filledUp(length + count, block);
  }

  /** Whether anything fills up. */
  get isFilled(): boolean {
    return this.stored > this.places.length;
  }

  /** Whether anything fills up before the last channel. */
  get hasHoles(): boolean {
    return this.places.some((place, channel) => place !== channel);
  }

  /** For each place in memory its channel, null for what fills up. */
  channels(): readonly (number | null)[] {
    const channels = Array.from({ length: this.stored }, (): number | null => null);
    for (const [channel, place] of this.places.entries()) channels[place] = channel;
    return channels;
  }

  /** 1 for each channel in memory, 0 for what fills up. */
  marks(): Float32Array {
    return Float32Array.from(this.channels(), (channel) => (channel === null ? 0 : 1));
  }

  isSameAs(other: ChannelPlaces): boolean {
    return this.stored === other.stored && this.places.join() === other.places.join();
  }
}
