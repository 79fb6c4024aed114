/** How activations lie in memory. TensorFlow's CPU kernels know only NHWC in the backward pass; on a GPU NCHW needs no copies. */
export type DataFormat = 'NHWC' | 'NCHW';

/** Four numbers by axis, from PyTorch's order (batch, channels, height, width) to that of the format. */
export function physicalExtents(extents: readonly number[], format: DataFormat): number[] {
  const [batch, channels, height, width] = extents as readonly [number, number, number, number];
  return format === 'NHWC' ? [batch, height, width, channels] : [...extents];
}

/**
 * For each value of a convolution's weights as TensorFlow keeps them (height, width, channels, filters) its place in
 * PyTorch's order (filters, channels, height, width).
 */
export function weightOrder(shape: readonly number[]): Uint32Array {
  const [filters, channels, height, width] = shape as readonly [number, number, number, number];
  const order = new Uint32Array(filters * channels * height * width);
  let index = 0;
  for (let tap = 0; tap < height * width; tap++)
    for (let channel = 0; channel < channels; channel++)
      for (let filter = 0; filter < filters; filter++)
        order[index++] = (filter * channels + channel) * height * width + tap;
  return order;
}

/** The shape of one value a row (PyTorch's first axis) that TensorFlow spreads over a variable as it is kept. */
export function rowShape(shape: readonly number[]): readonly number[] {
  return shape.length === 2 ? [shape[0]!, 1] : [shape[0]!];
}

/** The axes of a variable as TensorFlow keeps it, but for that of its rows. */
export function axesWithinRows(shape: readonly number[]): readonly number[] {
  const axes = shape.map((_, axis) => axis);
  return shape.length === 4 ? axes.slice(0, -1) : axes.slice(1);
}

/** The shape in which TensorFlow keeps a variable that has this shape in PyTorch. */
export function storedShape(shape: readonly number[]): readonly number[] {
  const [filters, channels, height, width] = shape;
  return shape.length === 4 ? [height!, width!, channels!, filters!] : shape;
}
