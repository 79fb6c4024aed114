import type { Shape } from '../network/graph';
import type { PoolSettings } from '../network/layers/pooling';

/** How large a window is: rows and columns within the padded image, and values within the image itself. */
interface WindowSize {
  readonly rows: number;
  readonly columns: number;
  readonly image: number;
}

/** A pooling's output of one image: `valueOf` is given the values of each window that lie in the image. */
export function pooled(
  { kernel, stride, padding }: PoolSettings,
  { inputs, inputShape, shape }: { inputs: readonly Float64Array[]; inputShape: Shape; shape: Shape },
  valueOf: (values: readonly number[], size: WindowSize) => number,
): Float64Array {
  const output = new Float64Array(shape.channels * shape.height * shape.width);
  let place = 0;
  for (let channel = 0; channel < shape.channels; channel++)
    for (let y = 0; y < shape.height; y++)
      for (let x = 0; x < shape.width; x++) {
        const [top, left] = [y * stride - padding, x * stride - padding];
        const values: number[] = [];
        for (let row = Math.max(0, top); row < Math.min(top + kernel[0], inputShape.height); row++)
          for (let column = Math.max(0, left); column < Math.min(left + kernel[1], inputShape.width); column++)
            values.push(inputs[0]![(channel * inputShape.height + row) * inputShape.width + column]!);
        const rows = Math.min(top + kernel[0], inputShape.height + padding) - top;
        const columns = Math.min(left + kernel[1], inputShape.width + padding) - left;
        output[place++] = valueOf(values, { rows, columns, image: values.length });
      }
  return output;
}
