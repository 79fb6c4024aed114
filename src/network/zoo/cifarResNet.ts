import type { Layer, LayerGraph, Shape } from '../graph';

/** PyTorch's values. With another epsilon pruned filters come back at another speed: it would be a different experiment. */
const batchNormDefaults = { epsilon: 1e-5, momentum: 0.1 };

const stageWidths = [16, 32, 64];

interface Block {
  readonly name: string;
  readonly input: string;
  readonly inputFilters: number;
  readonly filters: number;
  readonly stride: number;
}

/**
 * ResNet-(6n+2) for small images: a stem, three stages of n blocks with 16, 32 and 64 filters, shortcuts of type A
 * (He et al., CVPR 2016, section 4.2).
 */
export function cifarResNet(name: string, depth: number, input: Shape, classes: number): LayerGraph {
  const blocksPerStage = (depth - 2) / 6;
  if (!Number.isInteger(blocksPerStage) || blocksPerStage < 1)
    throw new RangeError(`A CIFAR ResNet has 6n + 2 layers; ${depth} is not of that form.`);

  const layers: Layer[] = [{ kind: 'input', name: 'input', inputs: [], shape: input }];
  layers.push(...convBatchNormRelu('stem', ['conv', 'bn', 'relu'], 'input', stageWidths[0]!, 1));
  let last = 'stem.relu';
  let inputFilters = stageWidths[0]!;
  for (const [stage, filters] of stageWidths.entries()) {
    for (let index = 0; index < blocksPerStage; index++) {
      const block = `stage${stage + 1}.block${index + 1}`;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      layers.push(...basicBlock({ name: block, input: last, inputFilters, filters, stride }));
      last = `${block}.relu2`;
      inputFilters = filters;
    }
  }
  layers.push(
    { kind: 'globalAveragePool', name: 'pool', inputs: [last] },
    { kind: 'dense', name: 'classifier', inputs: ['pool'], units: classes },
  );
  return { name, layers };
}

/** Two 3x3 convolutions and a shortcut, which needs a layer of its own only where the shape changes. */
function basicBlock({ name, input, inputFilters, filters, stride }: Block): Layer[] {
  const shapeChanges = stride !== 1 || inputFilters !== filters;
  const shortcut: Layer = {
    kind: 'subsamplePad',
    name: `${name}.shortcut`,
    inputs: [input],
    stride,
    appendedChannels: filters - inputFilters,
  };
  const first = convBatchNormRelu(name, ['conv1', 'bn1', 'relu1'], input, filters, stride);
  const second: Layer[] = [
    conv3x3(`${name}.conv2`, `${name}.relu1`, filters, 1),
    { kind: 'batchNorm', name: `${name}.bn2`, inputs: [`${name}.conv2`], ...batchNormDefaults },
  ];
  const sum: Layer[] = [
    { kind: 'add', name: `${name}.add`, inputs: [`${name}.bn2`, shapeChanges ? shortcut.name : input] },
    { kind: 'relu', name: `${name}.relu2`, inputs: [`${name}.add`] },
  ];
  return [...first, ...second, ...(shapeChanges ? [shortcut] : []), ...sum];
}

function convBatchNormRelu(
  prefix: string,
  [conv, bn, relu]: readonly [conv: string, bn: string, relu: string],
  input: string,
  filters: number,
  stride: number,
): Layer[] {
  return [
    conv3x3(`${prefix}.${conv}`, input, filters, stride),
    { kind: 'batchNorm', name: `${prefix}.${bn}`, inputs: [`${prefix}.${conv}`], ...batchNormDefaults },
    { kind: 'relu', name: `${prefix}.${relu}`, inputs: [`${prefix}.${bn}`] },
  ];
}

function conv3x3(name: string, input: string, filters: number, stride: number): Layer {
  return { kind: 'conv', name, inputs: [input], filters, kernel: [3, 3], stride, padding: 1, prunable: true };
}
