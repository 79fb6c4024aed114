import type { ConvGeometry, Margins } from '../../../network/layers/graphOps';
import type { Value } from '../value';
import type { ValueOps } from '../valueOps';
import type { Convolution } from './convolution';

/** The convolution of an image's phases, see `DilatedConvolution`. */
export function phaseGeometry({ kernel, groups }: ConvGeometry): ConvGeometry {
  return { kernel, groups, stride: 1, padding: 0, dilation: 1 };
}

/**
 * Without gaps: an image's phases, which have every `dilation`-th row and column, are convolved as images of their own, and give
 * the phases of the result at stride 1. TensorFlow's own kernels for CPUs have no gradients of dilated convolutions.
 */
export class DilatedConvolution implements Convolution {
  constructor(
    private readonly ops: ValueOps,
    private readonly geometry: ConvGeometry,
    private readonly ofPhase: Convolution,
  ) {}

  convolved(input: Value, weights: Value): Value {
    const { stride, dilation } = this.geometry;
    const { image, result } = this.surplus(input.extents);
    const phases = this.ofPhase.convolved(this.ops.phases(input, dilation, image), weights);
    return this.ops.everyNth(this.ops.joinedPhases(phases, dilation, result), stride);
  }

  inputGradient(gradient: Value, weights: Value, extents: readonly number[]): Value {
    const { dilation } = this.geometry;
    const { image } = this.surplus(extents);
    const own = this.ops.phaseExtents(extents, dilation, image);
    const phases = this.ofPhase.inputGradient(this.gradientPhases(gradient, extents), weights, own);
    return this.ops.joinedPhases(phases, dilation, image);
  }

  weightGradient(gradient: Value, input: Value): Value {
    const { image } = this.surplus(input.extents);
    const phases = this.ops.phases(input, this.geometry.dilation, image);
    return this.ofPhase.weightGradient(this.gradientPhases(gradient, input.extents), phases);
  }

  /** Of the gradient by the result for an input of these extents. */
  private gradientPhases(gradient: Value, input: readonly number[]): Value {
    const { kernel, padding, stride, dilation } = this.geometry;
    const places = (axis: 0 | 1) => input[axis + 2]! + 2 * padding - dilation * (kernel[axis] - 1);
    const atStrideOne = [gradient.extents[0]!, gradient.extents[1]!, places(0), places(1)];
    return this.ops.phases(this.ops.spread(gradient, stride, atStrideOne), dilation, this.surplus(input).result);
  }

  /** Rows and columns that fill the image up to whole phases, and that the phases of the result then have too many. */
  private surplus(input: readonly number[]): { readonly image: Margins; readonly result: Margins } {
    const { padding, dilation } = this.geometry;
    const missing = (size: number): number => (dilation - ((size + 2 * padding) % dilation)) % dilation;
    const [bottom, right] = [missing(input[2]!), missing(input[3]!)];
    return {
      image: { top: padding, left: padding, bottom: padding + bottom, right: padding + right },
      result: { top: 0, left: 0, bottom, right },
    };
  }
}
