import { sizeOf } from '../../../network/parameters';
import type { Emitter } from '../emitter';
import type { Value } from '../value';
import type { ChannelPlaces } from './channelPlaces';
import { blockedNode, type BlockedLayout } from './layout';

/** Ways between blocked activations and those that lie as [batch, channels, height, width], for what has no blocked operator. */
export class Reordering {
  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
    private readonly batchSize: number,
  ) {}

  /** The channels of blocked activations without what fills up, [batch, channels, height, width]. */
  plain(value: Value, { places, stored, hasHoles }: ChannelPlaces): Value {
    const { groups, height, width } = this.layout.parts(value);
    // What fills up the end is left behind at once.
    const channels = hasHoles ? stored : places.length;
    const rows = this.outOfBlocks(value, [groups, channels, height, width * this.layout.lanes]);
    const whole = this.to.reshape(this.withImagesApart(rows), [this.batchSize, channels, height, width]);
    return hasHoles ? this.to.taken(whole, 1, places) : whole;
  }

  /** Activations [batch, channels, height, width] in blocks, with zeros in what fills up. */
  blocked(value: Value, places: ChannelPlaces): Value {
    const { lanes } = this.layout;
    const [batch, , height, width] = value.extents as [number, number, number, number];
    const groups = batch === -1 ? -1 : batch / lanes;
    const interleaved = this.withImagesTogether(this.filled(value, places));
    const rows = this.to.reshape(interleaved, [groups, places.stored, height, width * lanes]);
    return blockedNode(this.to, 'ReorderInput', [rows], rows.extents);
  }

  /** From [groups, channels, height, columns] in blocks of channels. */
  private outOfBlocks(value: Value, extents: readonly number[]): Value {
    return blockedNode(this.to, 'ReorderOutput', [value], extents, { channels: extents[1]! });
  }

  /** The images of a group one after another, which lay value by value; the lanes of a group are a block of channels to this. */
  private withImagesApart(value: Value): Value {
    const { lanes } = this.layout;
    if (lanes === 1) return value;
    const groups = value.extents[0]!;
    const size = sizeOf(value.extents.slice(1)) / lanes;
    return this.outOfBlocks(this.to.reshape(value, [groups, lanes, size, 1]), [groups, lanes, size, 1]);
  }

  private withImagesTogether(value: Value): Value {
    const { lanes } = this.layout;
    if (lanes === 1) return value;
    const [batch, ...image] = value.extents as [number, ...number[]];
    const apart = this.to.reshape(value, [batch / lanes, lanes, sizeOf(image), 1]);
    return blockedNode(this.to, 'ReorderInput', [apart], apart.extents);
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
