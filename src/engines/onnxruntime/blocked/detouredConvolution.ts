import type { Shape } from '../../../network/graph';
import type { ConvGeometry } from '../../../network/layers/graphOps';
import type { PlainOps } from '../plainOps';
import type { Value } from '../value';
import type { ChannelPlaces } from './channelPlaces';
import type { Channelwise } from './channelwise';
import type { Reordering } from './reordering';

/** A convolution between blocked activations, and where the channels of what it reads and gives lie. */
export interface Detour {
  readonly geometry: ConvGeometry;
  readonly from: ChannelPlaces;
  readonly to: ChannelPlaces;
}

/** Convolutions for which there is no blocked operator: plain ones, between activations that are brought out of blocks and back. */
export class DetouredConvolution {
  constructor(
    private readonly unblocked: PlainOps,
    private readonly reordering: Reordering,
    private readonly channelwise: Channelwise,
  ) {}

  /** `weights` lie plain, `bias` where the filters lie. */
  forward(input: Value, weights: Value, bias: Value | null, { geometry, from, to }: Detour): Value {
    const output = this.unblocked.conv2d(this.reordering.plain(input, from), weights, null, geometry);
    const blocked = this.reordering.blocked(output, to);
    return bias ? this.channelwise.shifted(blocked, bias) : blocked;
  }

  inputGradient(gradient: Value, weights: Value, shape: Shape, { geometry, from, to }: Detour): Value {
    const plain = this.reordering.plain(gradient, to);
    return this.reordering.blocked(this.unblocked.conv2dInputGradient(plain, weights, shape, geometry), from);
  }

  weightGradient(gradient: Value, input: Value, { geometry, from, to }: Detour): Value {
    const plain = this.reordering.plain(gradient, to);
    return this.unblocked.conv2dWeightGradient(plain, this.reordering.plain(input, from), geometry);
  }
}
