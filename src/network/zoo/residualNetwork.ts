import { add, batchNorm, conv, globalAveragePool, input, linear, maxPool, relu, type Layer } from '../layers';
import type { LayerGraph, Shape } from '../graph';
import { isSmall } from './imageSize';

/** Blocks of each of the four stages, and their form. */
export interface ResidualDepths {
  readonly blocks: readonly [number, number, number, number];
  readonly form: 'basic' | 'bottleneck';
}

/** Filters of a bottleneck's last convolution, for one of its others. */
const expansion = 4;

/**
 * ResNet-18 to 152 with batch norm and projection shortcuts (He et al., CVPR 2016, table 1), the stride of a bottleneck on its
 * 3x3 convolution, under the names that torchvision gives. For small images the stem is a 3x3 convolution without pooling,
 * as is usual for CIFAR. Projections are never pruned.
 */
export function residualNetwork(
  name: string,
  { blocks, form }: ResidualDepths,
  shape: Shape,
  classes: number,
): LayerGraph {
  const stem = isSmall(shape) ? smallStem() : largeStem();
  const layers: Layer[] = [input('input', shape), ...stem];
  let last = { name: stem.at(-1)!.name, filters: 64 };
  for (const [stage, count] of blocks.entries())
    for (let index = 0; index < count; index++) {
      const width = 64 * 2 ** stage;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      const block = { name: `layer${stage + 1}.${index}`, from: last, width, stride };
      layers.push(...(form === 'basic' ? basicBlock(block) : bottleneck(block)));
      last = { name: layers.at(-1)!.name, filters: form === 'basic' ? width : width * expansion };
    }
  layers.push(globalAveragePool('avgpool', last.name), linear('fc', 'avgpool', classes));
  return { name, layers };
}

function smallStem(): Layer[] {
  return [conv('conv1', 'input', 64), batchNorm('bn1', 'conv1'), relu('relu', 'bn1')];
}

function largeStem(): Layer[] {
  return [
    conv('conv1', 'input', 64, { size: 7, stride: 2 }),
    batchNorm('bn1', 'conv1'),
    relu('relu', 'bn1'),
    maxPool('maxpool', 'relu', { size: 3, stride: 2, padding: 1 }),
  ];
}

interface Block {
  readonly name: string;
  readonly from: { readonly name: string; readonly filters: number };
  readonly width: number;
  readonly stride: number;
}

function basicBlock({ name, from, width, stride }: Block): Layer[] {
  return [
    ...convolved(`${name}`, 1, from.name, width, { stride }),
    relu(`${name}.relu1`, `${name}.bn1`),
    ...convolved(`${name}`, 2, `${name}.relu1`, width, {}),
    ...joined({ name, from, width, stride }, `${name}.bn2`, width),
  ];
}

function bottleneck({ name, from, width, stride }: Block): Layer[] {
  return [
    ...convolved(`${name}`, 1, from.name, width, { size: 1 }),
    relu(`${name}.relu1`, `${name}.bn1`),
    ...convolved(`${name}`, 2, `${name}.relu1`, width, { stride }),
    relu(`${name}.relu2`, `${name}.bn2`),
    ...convolved(`${name}`, 3, `${name}.relu2`, width * expansion, { size: 1 }),
    ...joined({ name, from, width, stride }, `${name}.bn3`, width * expansion),
  ];
}

function convolved(
  block: string,
  index: number,
  from: string,
  filters: number,
  options: { readonly size?: number; readonly stride?: number },
): Layer[] {
  const name = `${block}.conv${index}`;
  return [conv(name, from, filters, options), batchNorm(`${block}.bn${index}`, name)];
}

/** The sum with the shortcut, a projection where the shape changes, and what comes after it. */
function joined({ name, from, stride }: Block, branch: string, filters: number): Layer[] {
  const end = (shortcut: string): Layer[] => [
    add(`${name}.add`, branch, shortcut),
    relu(`${name}.relu`, `${name}.add`),
  ];
  if (stride === 1 && from.filters === filters) return end(from.name);
  const projection = conv(`${name}.downsample.0`, from.name, filters, { size: 1, stride });
  return [
    { ...projection, prunable: false },
    batchNorm(`${name}.downsample.1`, projection.name),
    ...end(`${name}.downsample.1`),
  ];
}
