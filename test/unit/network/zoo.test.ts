import { describe, expect, test } from 'vitest';
import { architectures } from '../../../src/config/schema';
import type { Layer } from '../../../src/network/graph';
import { initialState } from '../../../src/network/initialState';
import { add, conv, input, relu } from '../../../src/network/layers';
import { parameterSpecs, sizeOf, statisticSpecs } from '../../../src/network/parameters';
import { prunableLayers } from '../../../src/network/prunableLayers';
import { inferShapes } from '../../../src/network/shapes';
import { buildNetwork } from '../../../src/network/zoo';
import { cifarResNet } from '../../../src/network/zoo/cifarResNet';
import { filtersToPrune } from '../../../src/pruning/masks';

const image = { channels: 3, height: 32, width: 32 };
const resnet20 = buildNetwork('resnet20', image, 10);

describe('networks by name', () => {
  test.each([
    ['resnet20', 19],
    ['resnet32', 31],
    ['resnet44', 43],
    ['resnet56', 55],
    ['resnet110', 109],
  ])('%s has %d prunable convolutions', (arch, count) => {
    expect(prunableLayers(buildNetwork(arch, image, 10))).toHaveLength(count);
  });

  test('all that a config can name are there', () => {
    for (const arch of architectures) expect(buildNetwork(arch, image, 10).name).toBe(arch);
  });

  test('an unknown name is told with the known ones', () => {
    expect(() => buildNetwork('resnet21', image, 10)).toThrow(
      'There is no network "resnet21"; choose one of resnet20, resnet32, resnet44, resnet56, resnet110, resnet18, resnet34, resnet50, resnet101, resnet152, vgg16, mobilenetv1, mobilenetv2.',
    );
    expect(() => buildNetwork('constructor', image, 10)).toThrow('There is no network "constructor"');
  });

  test('a depth that is not 6n + 2 is refused', () => {
    expect(() => cifarResNet('resnet21', 21, image, 10)).toThrow(RangeError);
    expect(() => cifarResNet('resnet2', 2, image, 10)).toThrow(RangeError);
  });

  test('keep 12, 23 and 45 filters at rate 0.3', () => {
    const kept = prunableLayers(resnet20).map(({ filters }) => filters - filtersToPrune(filters, 0.3));
    expect([...new Set(kept)]).toEqual([12, 23, 45]);
  });
});

describe('ResNet-20', () => {
  test('names its layers', () => {
    const names = resnet20.layers.map(({ name }) => name);
    expect(names.slice(0, 10)).toEqual([
      'input',
      'stem.conv',
      'stem.bn',
      'stem.relu',
      'stage1.block1.conv1',
      'stage1.block1.bn1',
      'stage1.block1.relu1',
      'stage1.block1.conv2',
      'stage1.block1.bn2',
      'stage1.block1.add',
    ]);
    expect(names.slice(-3)).toEqual(['stage3.block3.relu2', 'pool', 'classifier']);
    expect(names.filter((name) => name.endsWith('.shortcut'))).toEqual([
      'stage2.block1.shortcut',
      'stage3.block1.shortcut',
    ]);
  });

  test('halves the image twice', () => {
    const shapes = inferShapes(resnet20);
    expect(shapes.get('stage1.block3.relu2')).toEqual({ channels: 16, height: 32, width: 32 });
    expect(shapes.get('stage2.block1.shortcut')).toEqual({ channels: 32, height: 16, width: 16 });
    expect(shapes.get('stage3.block3.add')).toEqual({ channels: 64, height: 8, width: 8 });
    expect(shapes.get('pool')).toEqual({ channels: 64, height: 1, width: 1 });
    expect(shapes.get('classifier')).toEqual({ channels: 10, height: 1, width: 1 });
  });

  test('fits images of odd sizes: convolution and shortcut halve alike', () => {
    const mnist = buildNetwork('resnet20', { channels: 1, height: 28, width: 27 }, 10);
    expect(inferShapes(mnist).get('stage3.block3.add')).toEqual({ channels: 64, height: 7, width: 7 });
  });

  test('calls its parameters and statistics as PyTorch does', () => {
    const specs = parameterSpecs(resnet20);
    expect(specs.slice(0, 3)).toEqual([
      {
        name: 'stem.conv.weight',
        layer: 'stem.conv',
        role: 'convWeight',
        shape: [16, 3, 3, 3],
        axes: ['output', 'input', 'other', 'other'],
      },
      { name: 'stem.bn.weight', layer: 'stem.bn', role: 'batchNormScale', shape: [16], axes: ['output'] },
      { name: 'stem.bn.bias', layer: 'stem.bn', role: 'batchNormShift', shape: [16], axes: ['output'] },
    ]);
    expect(specs.slice(-2)).toEqual([
      {
        name: 'classifier.weight',
        layer: 'classifier',
        role: 'linearWeight',
        shape: [10, 64],
        axes: ['output', 'features'],
      },
      { name: 'classifier.bias', layer: 'classifier', role: 'linearBias', shape: [10], axes: ['output'] },
    ]);
    expect(statisticSpecs(resnet20).slice(0, 2)).toEqual([
      { name: 'stem.bn.running_mean', layer: 'stem.bn', role: 'runningMean', shape: [16], axes: ['output'] },
      { name: 'stem.bn.running_var', layer: 'stem.bn', role: 'runningVariance', shape: [16], axes: ['output'] },
    ]);
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
  });

  test('prunes the weights that its parameters hold', () => {
    const shapes = new Map(parameterSpecs(resnet20).map(({ name, shape }) => [name, shape]));
    for (const { weight, filters } of prunableLayers(resnet20)) expect(shapes.get(weight)?.[0]).toBe(filters);
  });
});

describe('shape inference tells what does not fit', () => {
  const source = input('in', { channels: 4, height: 2, width: 2 });
  const unpadded = (size: number): Layer => conv('conv', 'in', 8, { size, padding: 0 });
  const shapesOf = (...layers: Layer[]) => inferShapes({ name: 'odd', layers: [source, ...layers] });

  test.each<[string, Layer[], string]>([
    ['a layer that is read before it is there', [relu('a', 'b')], '"a" reads "b"'],
    ['two layers of one name', [relu('in', 'in')], 'Two layers are named "in"'],
    ['a kernel larger than the image', [unpadded(3)], 'kernel of "conv" is larger than its input of 4 x 2 x 2'],
    ['a layer with two inputs', [{ kind: 'relu', name: 'a', inputs: ['in', 'in'] }], 'must have one input, but has 2'],
    ['an addition of one', [add('a', 'in')], 'at least two inputs'],
    ['an addition of different shapes', [unpadded(1), add('a', 'in', 'conv')], 'adds shapes 4 x 2 x 2 and 8 x 2 x 2'],
  ])('%s', (_, layers, message) => {
    expect(() => shapesOf(...layers)).toThrow(message);
  });
});

describe('the initial state', () => {
  const state = initialState(resnet20, 1);
  const data = (name: string) => state.parameters.get(name)!.data;
  const deviation = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  test('has every parameter, momentum and statistic in its shape', () => {
    for (const { name, shape } of parameterSpecs(resnet20)) {
      expect(state.parameters.get(name)?.shape).toEqual(shape);
      expect(state.momenta.get(name)?.data).toEqual(new Float32Array(sizeOf(shape)));
    }
    for (const { name, shape } of statisticSpecs(resnet20)) {
      const value = name.endsWith('running_var') ? 1 : 0;
      expect(state.statistics.get(name)?.data).toEqual(new Float32Array(sizeOf(shape)).fill(value));
    }
  });

  test('draws convolutions with std sqrt(2 / (9 filters)) and the classifier with sqrt(2 / inputs)', () => {
    expect(deviation(data('stage3.block2.conv1.weight')) / Math.sqrt(2 / (9 * 64))).toBeCloseTo(1, 1);
    expect(deviation(data('stage2.block1.conv1.weight')) / Math.sqrt(2 / (9 * 32))).toBeCloseTo(1, 1);
    expect(Math.abs(deviation(data('classifier.weight')) / Math.sqrt(2 / 64) - 1)).toBeLessThan(0.15);
  });

  test('starts batch norm at scale 1 and shift 0, and biases at 0', () => {
    expect(data('stem.bn.weight')).toEqual(new Float32Array(16).fill(1));
    expect(data('stem.bn.bias')).toEqual(new Float32Array(16));
    expect(data('classifier.bias')).toEqual(new Float32Array(10));
  });

  test('is decided by the seed', () => {
    expect(initialState(resnet20, 1)).toEqual(state);
    expect(initialState(resnet20, 2).parameters.get('stem.conv.weight')).not.toEqual(
      state.parameters.get('stem.conv.weight'),
    );
  });

  test('keeps its first values for ever', () => {
    expect([...data('stem.conv.weight').subarray(0, 3)]).toMatchInlineSnapshot(`
      [
        -0.073482446372509,
        -0.10696303099393845,
        0.20506738126277924,
      ]
    `);
  });
});
