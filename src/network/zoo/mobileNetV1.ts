import { batchNorm, conv, globalAveragePool, input, linear, relu, type Layer } from '../layers';
import type { LayerGraph, Shape } from '../graph';
import { isSmall } from './imageSize';

/** Filters and stride of each separable convolution. */
const blocks: readonly (readonly [filters: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** MobileNet with width 1 (Howard et al., 2017, table 1); small images are not reduced by its first convolution. */
export function mobileNetV1(name: string, shape: Shape, classes: number): LayerGraph {
  const layers: Layer[] = [
    input('input', shape),
    conv('conv1', 'input', 32, { stride: isSmall(shape) ? 1 : 2 }),
    batchNorm('bn1', 'conv1'),
    relu('relu1', 'bn1'),
  ];
  let last = { name: 'relu1', filters: 32 };
  for (const [index, [filters, stride]] of blocks.entries()) {
    layers.push(...separable(`layers.${index}`, last, filters, stride));
    last = { name: layers.at(-1)!.name, filters };
  }
  layers.push(globalAveragePool('avgpool', last.name), linear('linear', 'avgpool', classes));
  return { name, layers };
}

/** A 3x3 convolution of each channel for itself, then one of 1x1 over the channels. */
function separable(
  name: string,
  from: { readonly name: string; readonly filters: number },
  filters: number,
  stride: number,
): Layer[] {
  return [
    conv(`${name}.conv1`, from.name, from.filters, { stride, groups: from.filters }),
    batchNorm(`${name}.bn1`, `${name}.conv1`),
    relu(`${name}.relu1`, `${name}.bn1`),
    conv(`${name}.conv2`, `${name}.relu1`, filters, { size: 1 }),
    batchNorm(`${name}.bn2`, `${name}.conv2`),
    relu(`${name}.relu2`, `${name}.bn2`),
  ];
}
