import type { Emitter } from '../emitter';
import type { Value } from '../value';
import type { BlockedLayout } from './layout';

/** Ways between blocked activations and those that lie as [batch, channels, height, width], for what has no blocked operator. */
export class Reordering {
  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
    private readonly batchSize: number,
  ) {}

  /** The first `channels` of blocked activations, [batch, channels, height, width]. */
  plain(value: Value, channels: number): Value {
    const { block, lanes } = this.layout;
    const { groups, channels: stored, height, width } = this.layout.parts(value);
    const apart = this.to.reshape(value, [groups, stored / block, height * width, lanes, block]);
    const images = this.to.transpose(apart, [0, 3, 1, 4, 2]);
    const whole = this.to.reshape(images, [this.batchSize, stored, height, width]);
    return this.to.window(whole, 1, 0, channels);
  }

  /** Activations [batch, channels, height, width] in blocks, filled up with zeros. */
  blocked(value: Value): Value {
    const { block, lanes } = this.layout;
    const [batch, channels, height, width] = value.extents as [number, number, number, number];
    const stored = this.layout.whole(channels);
    const groups = batch === -1 ? -1 : batch / lanes;
    const whole = this.to.padded(value, [0, 0, 0, 0], [0, stored - channels, 0, 0]);
    const apart = this.to.reshape(whole, [groups, lanes, stored / block, block, height * width]);
    const interleaved = this.to.transpose(apart, [0, 2, 4, 1, 3]);
    return this.to.reshape(interleaved, [groups, stored, height, width * lanes]);
  }
}
