import type { ConvLayer, Shape } from '../network/graph';

/** What a convolution works with; the bias has one value a filter. */
interface Convolution {
  readonly inputShape: Shape;
  readonly shape: Shape;
  /** [filters, channels of a group, height, width]. */
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
}

/** A convolution's output of one image, in double precision. */
export function convolved(
  { filters, groups, kernel, stride, padding, dilation }: ConvLayer,
  input: Float64Array,
  { inputShape, shape, weights, bias }: Convolution,
): Float64Array {
  const [height, width] = kernel;
  const channels = inputShape.channels / groups;
  const output = new Float64Array(filters * shape.height * shape.width);
  for (let filter = 0; filter < filters; filter++) {
    const into = channelOf(output, filter, shape).fill(bias?.[filter] ?? 0);
    const first = Math.floor(filter / (filters / groups)) * channels;
    for (let channel = 0; channel < channels; channel++) {
      const from = channelOf(input, first + channel, inputShape);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const weight = weights[((filter * channels + channel) * height + y) * width + x]!;
          const offset = { y: y * dilation - padding, x: x * dilation - padding };
          if (weight !== 0) addShifted(into, shape, from, inputShape, { weight, stride, offset });
        }
    }
  }
  return output;
}

interface Tap {
  readonly weight: number;
  readonly stride: number;
  readonly offset: { readonly y: number; readonly x: number };
}

/** Adds one kernel weight's share to a filter's output; the input is zero outside of its borders. */
export function addShifted(
  into: Float64Array,
  outputShape: Shape,
  from: Float64Array,
  inputShape: Shape,
  { weight, stride, offset }: Tap,
): void {
  const [firstRow, endRow] = withinInput(inputShape.height, outputShape.height, stride, offset.y);
  const [firstColumn, endColumn] = withinInput(inputShape.width, outputShape.width, stride, offset.x);
  for (let row = firstRow; row < endRow; row++) {
    const target = row * outputShape.width;
    const source = (row * stride + offset.y) * inputShape.width + offset.x;
    for (let column = firstColumn; column < endColumn; column++)
      into[target + column]! += weight * from[source + column * stride]!;
  }
}

/** The range of output indices (end exclusive) for which `index * stride + offset` lies inside the input. */
function withinInput(input: number, output: number, stride: number, offset: number): [first: number, end: number] {
  return [Math.max(0, Math.ceil(-offset / stride)), Math.min(output, Math.ceil((input - offset) / stride))];
}

function channelOf(values: Float64Array, channel: number, { height, width }: Shape): Float64Array {
  return values.subarray(channel * height * width, (channel + 1) * height * width);
}
