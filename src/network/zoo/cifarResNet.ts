import type { Layer, LayerGraph, Shape } from '../graph';
import { add, batchNorm, conv, linear, globalAveragePool, input, relu, subsamplePad } from '../layers';

const stageWidths = [16, 32, 64];

interface Block {
  readonly name: string;
  readonly from: string;
  readonly inputFilters: number;
  readonly filters: number;
  readonly stride: number;
}

/**
 * ResNet-(6n+2) for small images: a stem, three stages of n blocks with 16, 32 and 64 filters, shortcuts of type A
 * (He et al., CVPR 2016, section 4.2).
 */
export function cifarResNet(name: string, depth: number, shape: Shape, classes: number): LayerGraph {
  const blocksPerStage = (depth - 2) / 6;
  if (!Number.isInteger(blocksPerStage) || blocksPerStage < 1)
    throw new RangeError(`A CIFAR ResNet has 6n + 2 layers; ${depth} is not of that form.`);

  const layers: Layer[] = [input('input', shape)];
  layers.push(...convBatchNormRelu('stem', ['conv', 'bn', 'relu'], 'input', stageWidths[0]!, 1));
  let last = 'stem.relu';
  let inputFilters = stageWidths[0]!;
  for (const [stage, filters] of stageWidths.entries()) {
    for (let index = 0; index < blocksPerStage; index++) {
      const block = `stage${stage + 1}.block${index + 1}`;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      layers.push(...basicBlock({ name: block, from: last, inputFilters, filters, stride }));
      last = `${block}.relu2`;
      inputFilters = filters;
    }
  }
  layers.push(globalAveragePool('pool', last), linear('classifier', 'pool', classes));
  return { name, layers };
}

/** Two 3x3 convolutions and a shortcut, which needs a layer of its own only where the shape changes. */
function basicBlock({ name, from, inputFilters, filters, stride }: Block): Layer[] {
  const shapeChanges = stride !== 1 || inputFilters !== filters;
  const shortcut = subsamplePad(`${name}.shortcut`, from, stride, filters - inputFilters);
  const first = convBatchNormRelu(name, ['conv1', 'bn1', 'relu1'], from, filters, stride);
  const second = [conv(`${name}.conv2`, `${name}.relu1`, filters), batchNorm(`${name}.bn2`, `${name}.conv2`)];
  const sum = [
    add(`${name}.add`, `${name}.bn2`, shapeChanges ? shortcut.name : from),
    relu(`${name}.relu2`, `${name}.add`),
  ];
  return [...first, ...second, ...(shapeChanges ? [shortcut] : []), ...sum];
}

function convBatchNormRelu(
  prefix: string,
  [convName, bnName, reluName]: readonly [conv: string, bn: string, relu: string],
  from: string,
  filters: number,
  stride: number,
): Layer[] {
  return [
    conv(`${prefix}.${convName}`, from, filters, { stride }),
    batchNorm(`${prefix}.${bnName}`, `${prefix}.${convName}`),
    relu(`${prefix}.${reluName}`, `${prefix}.${bnName}`),
  ];
}
