import type { Tensor } from '../../../formats/tensor';
import type { Shape } from '../../graph';
import { Unsupported } from '../parts/importedNetwork';

/** Weights in Keras' layouts as PyTorch has them. All throw an Unsupported when they have another number of axes. */

/** [height, width, inputs, filters] as [filters, inputs, height, width]. */
export function convolutionWeights(kernel: Tensor): Tensor {
  const [height, width, inputs, filters] = axesOf(kernel, 4) as [number, number, number, number];
  const places = height * width;
  const data = new Float32Array(kernel.data.length);
  for (let place = 0; place < places; place++)
    for (let input = 0; input < inputs; input++)
      for (let filter = 0; filter < filters; filter++)
        data[(filter * inputs + input) * places + place] = kernel.data[(place * inputs + input) * filters + filter]!;
  return { shape: [filters, inputs, height, width], data };
}

/** [height, width, channels, filters each] as [channels * filters each, 1, height, width]. */
export function depthwiseWeights(kernel: Tensor): Tensor {
  const [height, width, channels, each] = axesOf(kernel, 4) as [number, number, number, number];
  return convolutionWeights({ shape: [height, width, 1, channels * each], data: kernel.data });
}

/** [height * width * channels, units] as [units, channels * height * width]. */
export function linearWeights(kernel: Tensor, { channels, height, width }: Shape): Tensor {
  const [features, units] = axesOf(kernel, 2) as [number, number];
  const places = height * width;
  if (features !== places * channels)
    throw new Unsupported(`Its weights are for ${features} features, but it reads ${places * channels}.`);
  const data = new Float32Array(kernel.data.length);
  for (let place = 0; place < places; place++)
    for (let channel = 0; channel < channels; channel++)
      for (let unit = 0; unit < units; unit++)
        data[unit * features + channel * places + place] = kernel.data[(place * channels + channel) * units + unit]!;
  return { shape: [units, features], data };
}

function axesOf({ shape }: Tensor, count: number): readonly number[] {
  if (shape.length !== count)
    throw new Unsupported(`Its weights are [${shape.join(', ')}]; they must have ${count} axes.`);
  return shape;
}
