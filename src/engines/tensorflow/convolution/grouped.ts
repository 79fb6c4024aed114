import type { Value } from '../value';
import type { ValueOps } from '../valueOps';
import type { Convolution } from './convolution';

/** Where TensorFlow has the filters of weights: [height, width, channels, filters]. */
const filterAxis = 3;

/** Group by group: TensorFlow's own kernels for CPUs have no gradients of convolutions with groups. */
export class GroupedConvolution implements Convolution {
  constructor(
    private readonly ops: ValueOps,
    private readonly groups: number,
    private readonly ofGroup: Convolution,
  ) {}

  convolved(input: Value, weights: Value): Value {
    const kernels = this.weightsByGroup(weights);
    const results = this.byGroup(input).map((part, group) => this.ofGroup.convolved(part, kernels[group]!));
    return this.ops.concatChannels(results);
  }

  inputGradient(gradient: Value, weights: Value, extents: readonly number[]): Value {
    const kernels = this.weightsByGroup(weights);
    const own = extents.with(1, extents[1]! / this.groups);
    const results = this.byGroup(gradient).map((part, group) => this.ofGroup.inputGradient(part, kernels[group]!, own));
    return this.ops.concatChannels(results);
  }

  weightGradient(gradient: Value, input: Value): Value {
    const inputs = this.byGroup(input);
    const results = this.byGroup(gradient).map((part, group) => this.ofGroup.weightGradient(part, inputs[group]!));
    const [filters, ...others] = results[0]!.extents;
    return this.ops.concatenated(results, filterAxis, [filters! * this.groups, ...others]);
  }

  private byGroup(images: Value): Value[] {
    const extents = images.extents.with(1, images.extents[1]! / this.groups);
    return this.ops.parts(images, this.ops.channelAxis, this.groups, extents);
  }

  private weightsByGroup(weights: Value): Value[] {
    const extents = weights.extents.with(0, weights.extents[0]! / this.groups);
    return this.ops.parts(weights, filterAxis, this.groups, extents);
  }
}
