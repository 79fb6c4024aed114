import type { Tensor } from '../formats/tensor';
import type { Shape } from '../network/graph';

/** [filters, inputs, height, width] as [height, width, inputs, filters]. */
export function kernelOf({ shape, data }: Tensor): Tensor {
  const [filters, inputs, height, width] = shape as readonly [number, number, number, number];
  const places = height * width;
  const kernel = new Float32Array(data.length);
  for (let filter = 0; filter < filters; filter++)
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < places; place++)
        kernel[(place * inputs + input) * filters + filter] = data[(filter * inputs + input) * places + place]!;
  return { shape: [height, width, inputs, filters], data: kernel };
}

/** Filters that read a channel each, [channels * each, 1, height, width], as [height, width, channels, each]. */
export function depthwiseKernelOf(weights: Tensor, channels: number): Tensor {
  const { shape, data } = kernelOf(weights);
  const [height, width, , filters] = shape as readonly [number, number, number, number];
  return { shape: [height, width, channels, filters / channels], data };
}

/** A kernel whose taps are `dilation` apart as one without dilation, with zeros between them. */
export function spreadOut({ shape, data }: Tensor, dilation: number): Tensor {
  const [filters, inputs, height, width] = shape as readonly [number, number, number, number];
  const [rows, columns] = [dilation * (height - 1) + 1, dilation * (width - 1) + 1];
  const spread = new Float32Array(filters * inputs * rows * columns);
  for (let kernel = 0; kernel < filters * inputs; kernel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        spread[(kernel * rows + dilation * y) * columns + dilation * x] = data[(kernel * height + y) * width + x]!;
  return { shape: [filters, inputs, rows, columns], data: spread };
}

/** [units, channels x height x width] as [height x width x channels, units]. */
export function denseKernelOf({ shape, data }: Tensor, { channels, height, width }: Shape): Tensor {
  const [units, features] = shape as readonly [number, number];
  const places = height * width;
  const kernel = new Float32Array(data.length);
  for (let unit = 0; unit < units; unit++)
    for (let channel = 0; channel < channels; channel++)
      for (let place = 0; place < places; place++)
        kernel[(place * channels + channel) * units + unit] = data[unit * features + channel * places + place]!;
  return { shape: [features, units], data: kernel };
}
