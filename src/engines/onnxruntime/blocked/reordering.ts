import type { Emitter } from '../emitter';
import type { Value } from '../value';
import type { ChannelPlaces } from './channelPlaces';
import type { BlockedLayout } from './layout';

/** Ways between blocked activations and those that lie as [batch, channels, height, width], for what has no blocked operator. */
export class Reordering {
  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
    private readonly batchSize: number,
  ) {}

  /** The channels of blocked activations without what fills up, [batch, channels, height, width]. */
  plain(value: Value, { places, hasHoles }: ChannelPlaces): Value {
    const { block, lanes } = this.layout;
    const { groups, channels: stored, height, width } = this.layout.parts(value);
    const apart = this.to.reshape(value, [groups, stored / block, height * width, lanes, block]);
    const images = this.to.transpose(apart, [0, 3, 1, 4, 2]);
    const whole = this.to.reshape(images, [this.batchSize, stored, height, width]);
    return hasHoles ? this.to.taken(whole, 1, places) : this.to.window(whole, 1, 0, places.length);
  }

  /** Activations [batch, channels, height, width] in blocks, with zeros in what fills up. */
  blocked(value: Value, places: ChannelPlaces): Value {
    const { block, lanes } = this.layout;
    const { stored } = places;
    const [batch, , height, width] = value.extents as [number, number, number, number];
    const groups = batch === -1 ? -1 : batch / lanes;
    const apart = this.to.reshape(this.filled(value, places), [groups, lanes, stored / block, block, height * width]);
    const interleaved = this.to.transpose(apart, [0, 2, 4, 1, 3]);
    return this.to.reshape(interleaved, [groups, stored, height, width * lanes]);
  }

  private filled(value: Value, places: ChannelPlaces): Value {
    const channels = value.extents[1]!;
    const zerosBehind = (count: number): Value => this.to.padded(value, [0, 0, 0, 0], [0, count, 0, 0]);
    if (!places.hasHoles) return zerosBehind(places.stored - channels);
    // All holes are copies of one channel of zeros.
    const sources = places.channels().map((channel) => channel ?? channels);
    return this.to.taken(zerosBehind(1), 1, sources);
  }
}
