import { add, batchNorm, conv, dropout, globalAveragePool, input, linear, relu6, type Layer } from '../layers';
import type { LayerGraph, Shape } from '../graph';
import { isSmall } from './imageSize';

interface Stage {
  /** How many times as many channels the depthwise convolution of a block works on. */
  readonly expansion: number;
  readonly filters: number;
  readonly blocks: number;
  readonly stride: number;
}

const stages: readonly Stage[] = [
  { expansion: 1, filters: 16, blocks: 1, stride: 1 },
  { expansion: 6, filters: 24, blocks: 2, stride: 2 },
  { expansion: 6, filters: 32, blocks: 3, stride: 2 },
  { expansion: 6, filters: 64, blocks: 4, stride: 2 },
  { expansion: 6, filters: 96, blocks: 3, stride: 1 },
  { expansion: 6, filters: 160, blocks: 3, stride: 2 },
  { expansion: 6, filters: 320, blocks: 1, stride: 1 },
];

/**
 * MobileNetV2 with width 1 (Sandler et al., CVPR 2018, table 2) under the names that torchvision gives. Small images are reduced
 * neither by the first convolution nor by the second stage, as is usual for CIFAR.
 */
export function mobileNetV2(name: string, shape: Shape, classes: number): LayerGraph {
  const small = isSmall(shape);
  const layers: Layer[] = [input('input', shape), ...convolved('features.0', 'input', 32, { stride: small ? 1 : 2 })];
  let last = { name: 'features.0.2', filters: 32 };
  let place = 1;
  for (const [index, { expansion, filters, blocks, stride }] of stages.entries())
    for (let block = 0; block < blocks; block++) {
      const ownStride = block > 0 || (small && index === 1) ? 1 : stride;
      layers.push(...invertedResidual(`features.${place++}`, last, { expansion, filters, stride: ownStride }));
      last = { name: layers.at(-1)!.name, filters };
    }
  layers.push(
    ...convolved(`features.${place}`, last.name, 1280, { size: 1 }),
    globalAveragePool('avgpool', `features.${place}.2`),
    dropout('classifier.0', 'avgpool', 0.2),
    linear('classifier.1', 'classifier.0', classes),
  );
  return { name, layers };
}

interface Convolution {
  readonly size?: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** A convolution with batch norm and relu6. */
function convolved(name: string, from: string, filters: number, options: Convolution): Layer[] {
  return [
    conv(`${name}.0`, from, filters, options),
    batchNorm(`${name}.1`, `${name}.0`),
    relu6(`${name}.2`, `${name}.1`),
  ];
}

function invertedResidual(
  name: string,
  from: { readonly name: string; readonly filters: number },
  { expansion, filters, stride }: Omit<Stage, 'blocks'>,
): Layer[] {
  const width = expansion * from.filters;
  const expand = expansion === 1 ? [] : convolved(`${name}.conv.0`, from.name, width, { size: 1 });
  const [depthwise, project] = expansion === 1 ? [0, 1] : [1, 2];
  const wide = expand.at(-1)?.name ?? from.name;
  const block = [
    ...expand,
    ...convolved(`${name}.conv.${depthwise}`, wide, width, { stride, groups: width }),
    conv(`${name}.conv.${project}`, `${name}.conv.${depthwise}.2`, filters, { size: 1 }),
    batchNorm(`${name}.conv.${project + 1}`, `${name}.conv.${project}`),
  ];
  const isResidual = stride === 1 && from.filters === filters;
  return isResidual ? [...block, add(`${name}.add`, from.name, block.at(-1)!.name)] : block;
}
