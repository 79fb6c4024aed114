import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../../src/base/random';
import { plainLogits } from '../../../../src/export/plainLogits';
import type { Layer, LayerGraph } from '../../../../src/network/graph';
import {
  add,
  batchNorm,
  conv,
  globalAveragePool,
  input,
  layerKinds,
  linear,
  multiply,
  relu,
  sigmoid,
} from '../../../../src/network/layers';
import { sizeOf } from '../../../../src/network/parameters';
import { imageShape } from '../../../../src/network/shapes';
import type { TensorMap } from '../../../../src/network/state';
import { buildNetwork } from '../../../../src/network/zoo';
import { compact } from '../../../../src/pruning/compaction/compact';
import { prunableOf, type Grouping } from '../../../../src/pruning/groups';
import { filtersToPrune } from '../../../../src/pruning/masks';
import { maskedSavings } from '../../../../src/pruning/savings';
import type { Masks } from '../../../../src/pruning/select';
import { countMultiplyAdds, countParameters, fullWidths } from '../../../../src/network/cost';
import { shareOfRange, someImages } from '../../../fixtures/compactNetwork';
import { applyMasks, networkOf, networkPlan, randomTensors, type BatchNormPolicy } from './randomNetwork';

/** Largest difference of the logits as a share of their range. */
function difference(graph: LayerGraph, tensors: TensorMap, seed = 1): number {
  const small = compact(graph, tensors);
  const images = someImages(imageShape(graph), 2, seed);
  return shareOfRange(plainLogits(small.graph, small.tensors, images, 2), plainLogits(graph, tensors, images, 2));
}

test('any network with any masks gives the same logits, in single precision', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(networkPlan, (plan) => {
      const { graph, tensors } = networkOf(plan);
      for (const { kind } of graph.layers) seen.add(kind);
      for (const overhead of compact(graph, tensors).overheads)
        seen.add(overhead.kind === 'scatter' ? 'scatter' : overhead.reason);
      expect(difference(graph, tensors, plan.seed)).toBeLessThan(1e-5);
    }),
    { numRuns: 500 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([...Object.keys(layerKinds), 'border', 'last', 'scatter']));
});

/** Prunes of each pool the share `rate` of its groups, at random. */
function prunedAtRandom(graph: LayerGraph, grouping: Grouping, rate: number, policy: BatchNormPolicy) {
  const random = randomStream(5, grouping);
  const tensors = randomTensors(graph, random);
  const { layers, pools } = prunableOf(graph, grouping);
  const masks = new Map(layers.map(({ name, filters }) => [name, new Uint8Array(filters).fill(1)]));
  for (const { groups } of pools) {
    const shuffled = groups.map((group) => ({ group, at: random.uniform() })).sort((a, b) => a.at - b.at);
    for (const { group } of shuffled.slice(0, filtersToPrune(groups.length, rate)))
      for (const { layer, filter } of group) masks.get(layer)![filter] = 0;
  }
  applyMasks(graph, tensors, masks, policy);
  return { tensors, masks: masks as Masks };
}

describe.each(['resnet20', 'resnet32', 'resnet44', 'resnet56', 'resnet110'])('%s', (arch) => {
  const image = { channels: 3, height: 32, width: 32 };
  const graph = buildNetwork(arch, image, 10);
  const multiplyAdds = (small: LayerGraph) => countMultiplyAdds(small, fullWidths(small));

  test('coupled, without constants of batch norm, costs what its masks promise, and has the same layers', () => {
    const { tensors, masks } = prunedAtRandom(graph, 'coupled', 0.5, 'zero');
    const small = compact(graph, tensors);
    expect(multiplyAdds(small.graph)).toBe(maskedSavings(graph, masks, 0).multiplyAdds.exact);
    expect(small.graph.layers.map(({ name }) => name)).toEqual(graph.layers.map(({ name }) => name));
    expect(small.overheads).toEqual([]);
    expect(small.isPlain).toBe(true);
  });

  test('coupled at rate 0.5 has exactly a quarter of the multiply-adds behind the stem', () => {
    const { tensors } = prunedAtRandom(graph, 'coupled', 0.5, 'zero');
    const stem = 9 * 3 * 16 * 32 * 32;
    expect(multiplyAdds(compact(graph, tensors).graph)).toBe((multiplyAdds(graph) - stem) / 4 + stem / 2);
  });

  test('independent, without constants of batch norm, costs what its masks promise, and scatters', () => {
    const { tensors, masks } = prunedAtRandom(graph, 'independent', 0.3, 'zero');
    const small = compact(graph, tensors);
    expect(multiplyAdds(small.graph)).toBe(maskedSavings(graph, masks, 0).multiplyAdds.exact);
    expect(new Set(small.overheads.map(({ kind }) => kind))).toEqual(new Set(['scatter']));
    expect(small.whyNotPlain).toMatch(/^"stage1\.block1\.add" combines layers that keep different filters\.$/);
  });

  test('coupled with constants of batch norm needs a carrier in a layer or two, and no scatter', () => {
    const { tensors, masks } = prunedAtRandom(graph, 'coupled', 0.5, 'keep');
    const { overheads, graph: small } = compact(graph, tensors);
    expect(overheads.every((overhead) => overhead.kind === 'filters' && overhead.reason === 'border')).toBe(true);
    expect(Math.max(...overheads.map((overhead) => (overhead.kind === 'filters' ? overhead.count : 0)))).toBeLessThan(
      4,
    );
    expect(multiplyAdds(small)).toBeGreaterThan(maskedSavings(graph, masks, 0).multiplyAdds.exact);
    expect(multiplyAdds(small)).toBeLessThan(0.5 * multiplyAdds(graph));
  });
});

test.each(['coupled', 'independent'] as const)('ResNet-20 with %s masks gives the same logits', (grouping) => {
  const image = { channels: 3, height: 8, width: 8 };
  const graph = buildNetwork('resnet20', image, 10);
  const { tensors } = prunedAtRandom(graph, grouping, 0.4, 'keep');
  expect(difference(graph, tensors)).toBeLessThan(1e-6);
});

/** A network of the zoo with an eighth of its filters, which plain loops compute in a moment. */
function slim(arch: string): LayerGraph {
  const { name, layers } = buildNetwork(arch, { channels: 3, height: 32, width: 32 }, 10);
  const eighth = (layer: Layer): Layer =>
    layer.kind === 'conv'
      ? { ...layer, filters: layer.filters / 8, groups: layer.groups === 1 ? 1 : layer.groups / 8 }
      : layer;
  return { name, layers: layers.map(eighth) };
}

describe.each(['resnet18', 'resnet50', 'vgg16', 'mobilenetv1', 'mobilenetv2'])('a slim %s', (arch) => {
  const graph = slim(arch);

  test.each(['coupled', 'independent'] as const)('with %s masks costs what they promise', (grouping) => {
    const { tensors, masks } = prunedAtRandom(graph, grouping, 0.5, 'zero');
    const small = compact(graph, tensors);
    const { multiplyAdds, parameters } = maskedSavings(graph, masks, 0);
    const widths = fullWidths(small.graph);
    expect(countMultiplyAdds(small.graph, widths)).toBe(multiplyAdds.exact);
    expect(countParameters(small.graph, widths)).toBe(parameters.exact);
    expect(multiplyAdds.exact).toBeLessThan(0.8 * multiplyAdds.dense);
    const hasShortcuts = graph.layers.some(({ kind }) => kind === 'add');
    const kinds = new Set(small.overheads.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(hasShortcuts && grouping === 'independent' ? ['scatter'] : []));
  });

  test.each(['coupled', 'independent'] as const)('with %s masks gives the same logits', (grouping) => {
    const { tensors } = prunedAtRandom(graph, grouping, 0.6, 'keep');
    // With weights of any size values would grow beyond all bounds over so many layers.
    for (const { shape, data } of tensors.values()) if (shape.length > 1) tame(data, sizeOf(shape.slice(1)));
    expect(difference(graph, tensors)).toBeLessThan(1e-5);
  });
});

function tame(weights: Float32Array, inputs: number): void {
  weights.set(weights.map((value) => value * Math.sqrt(2 / inputs)));
}

/** A network of ones, but for what is given. */
function valued(layers: readonly Layer[], values: Readonly<Record<string, readonly number[]>>) {
  const graph: LayerGraph = { name: 'by hand', layers };
  const tensors = randomTensors(graph, randomStream(1, 'by hand'));
  for (const { data } of tensors.values()) data.fill(1);
  for (const [name, data] of Object.entries(values)) tensors.get(name)!.data.set(data);
  const values32 = (small: TensorMap, name: string) => [...small.get(name)!.data];
  return { graph, tensors, values32 };
}

const images = input('images', { channels: 1, height: 2, width: 2 });
const head = (from: string) => [globalAveragePool('pool', from), linear('classifier', 'pool', 1)];
/** Mean 0 and variance 1 - epsilon: what is left is the shift. */
const passes = (name: string, shifts: readonly number[]) => ({
  [`${name}.running_mean`]: shifts.map(() => 0),
  [`${name}.running_var`]: shifts.map(() => 1 - 1e-5),
  [`${name}.bias`]: shifts,
});

describe('by hand', () => {
  const two = [images, conv('first', 'images', 3, { size: 1 }), batchNorm('bn', 'first'), relu('relu', 'bn')];

  test('a linear layer takes constants into its bias', () => {
    const { graph, tensors, values32 } = valued([...two, ...head('relu')], {
      'first.weight': [1, 0, 0],
      ...passes('bn', [0, 2, -3]),
      'classifier.weight': [1, 10, 100],
    });
    const small = compact(graph, tensors);
    expect(small.kept.get('relu')).toEqual([0]);
    expect(values32(small.tensors, 'classifier.weight')).toEqual([1]);
    // 1 + 10 * 2; relu makes nothing of -3.
    expect(values32(small.tensors, 'classifier.bias')).toEqual([21]);
    expect(small.overheads).toEqual([]);
    expect(small.whyNotPlain).toContain('"classifier" reads constants');
  });

  test('a convolution without padding takes them into the running mean behind it', () => {
    const { graph, tensors, values32 } = valued(
      [...two, conv('second', 'relu', 2, { size: 1 }), batchNorm('bn2', 'second'), ...head('bn2')],
      { 'first.weight': [1, 0, 0], ...passes('bn', [0, 2, -3]), 'second.weight': [1, 10, 100, 2, 20, 200] },
    );
    const small = compact(graph, tensors);
    expect(values32(small.tensors, 'second.weight')).toEqual([1, 2]);
    expect(values32(small.tensors, 'bn2.running_mean')).toEqual([1 - 20, 1 - 40]);
    expect(small.overheads).toEqual([]);
  });

  test('one with a bias takes them into it, whatever reads it', () => {
    const { graph, tensors, values32 } = valued(
      [...two, conv('second', 'relu', 2, { size: 1, bias: true }), relu('relu2', 'second'), ...head('relu2')],
      {
        'first.weight': [1, 0, 0],
        ...passes('bn', [0, 2, -3]),
        'second.weight': [1, 10, 100, 2, 20, 200],
        'second.bias': [5, 6],
      },
    );
    const small = compact(graph, tensors);
    expect(values32(small.tensors, 'second.weight')).toEqual([1, 2]);
    expect(values32(small.tensors, 'second.bias')).toEqual([5 + 20, 6 + 40]);
    expect(small.overheads).toEqual([]);
  });

  test('behind padding the largest constant carries the others', () => {
    const { graph, tensors, values32 } = valued(
      [...two, conv('second', 'relu', 1, { size: 1, padding: 1 }), batchNorm('bn2', 'second'), ...head('bn2')],
      { 'first.weight': [1, 0, 0], ...passes('bn', [0, 2, 4]), 'second.weight': [1, 10, 100] },
    );
    const small = compact(graph, tensors);
    expect(small.kept.get('first')).toEqual([0, 2]);
    // 100 of its own, and 10 for half of it.
    expect(values32(small.tensors, 'second.weight')).toEqual([1, 105]);
    expect(small.overheads).toEqual([{ kind: 'filters', layer: 'first', count: 1, reason: 'border' }]);
  });

  test('a filter that nothing reads goes, and those that only it read', () => {
    const { graph, tensors } = valued([...two, conv('second', 'relu', 2), batchNorm('bn2', 'second'), ...head('bn2')], {
      // What the second filter reads beside the first is read by nobody else.
      'second.weight': [...Array<number>(9).fill(1), ...Array<number>(18).fill(0), ...Array<number>(27).fill(1)],
      'classifier.weight': [1, 0],
    });
    const small = compact(graph, tensors);
    expect([small.kept.get('second'), small.kept.get('first')]).toEqual([[0], [0]]);
    expect(small.whyNotPlain).toContain('has a filter that nothing reads');
  });

  test('a layer without filters keeps one, which the shortcut has anyway', () => {
    const { graph, tensors } = valued(
      [...two, conv('second', 'relu', 3), add('sum', 'second', 'relu'), ...head('sum')],
      { 'first.weight': [0, 0, 1], ...passes('bn', [0, 0, 0]), 'second.weight': Array<number>(81).fill(0) },
    );
    const small = compact(graph, tensors);
    expect(small.kept.get('second')).toEqual([2]);
    expect(small.overheads).toEqual([{ kind: 'filters', layer: 'second', count: 1, reason: 'last' }]);
    expect(small.graph.layers.map(({ name }) => name)).toEqual(graph.layers.map(({ name }) => name));
  });

  test('a sum of different masks spreads its inputs, with the constants of what they lack', () => {
    const { graph, tensors, values32 } = valued(
      [...two, conv('second', 'images', 3), batchNorm('bn2', 'second'), add('sum', 'bn2', 'relu'), ...head('sum')],
      {
        'first.weight': [1, 1, 0],
        ...passes('bn', [0, 0, 7]),
        'second.weight': [...Array<number>(9).fill(0), ...Array<number>(18).fill(1)],
        ...passes('bn2', [-5, 0, 0]),
      },
    );
    const small = compact(graph, tensors);
    expect(small.graph.layers.filter(({ kind }) => kind === 'channelScatter')).toEqual([
      { kind: 'channelScatter', name: 'sum.scatter1', inputs: ['bn2'], channels: 3, positions: [1, 2] },
      { kind: 'channelScatter', name: 'sum.scatter2', inputs: ['relu'], channels: 3, positions: [0, 1] },
    ]);
    expect(values32(small.tensors, 'sum.scatter1.fill')).toEqual([-5, 0, 0]);
    expect(values32(small.tensors, 'sum.scatter2.fill')).toEqual([0, 0, 7]);
    expect(small.overheads).toContainEqual({ kind: 'scatter', layer: 'sum.scatter2', sum: 'sum', from: 2, to: 3 });
  });

  test('gates go with the channels that they multiply', () => {
    const gated = [
      ...two,
      globalAveragePool('squeezed', 'relu'),
      conv('fc1', 'squeezed', 2, { size: 1, bias: true }),
      conv('fc2', 'fc1', 3, { size: 1, bias: true }),
      sigmoid('gate', 'fc2'),
      multiply('product', 'relu', 'gate'),
      ...head('product'),
    ];
    const { graph, tensors } = valued(gated, { 'first.weight': [1, 0, 1], ...passes('bn', [0, 0, 0]) });
    const small = compact(graph, tensors);
    expect(['first', 'fc1', 'fc2', 'product'].map((name) => small.kept.get(name))).toEqual([
      [0, 2],
      [0, 1],
      [0, 2],
      [0, 2],
    ]);
    expect(small.overheads).toEqual([]);
    expect(maskedSavings(graph, new Map([['first', Uint8Array.of(1, 0, 1)]]), 0).multiplyAdds.exact).toBe(
      countMultiplyAdds(small.graph, fullWidths(small.graph)),
    );
  });

  test('a constant behind a padded depthwise convolution is none at the borders, and stays', () => {
    const depthwise = [
      ...two,
      conv('depthwise', 'relu', 3, { groups: 3 }),
      batchNorm('bn2', 'depthwise'),
      ...head('bn2'),
    ];
    const { graph, tensors } = valued(depthwise, { 'first.weight': [1, 0, 0], ...passes('bn', [0, 2, -3]) });
    const small = compact(graph, tensors);
    expect(small.kept.get('depthwise')).toEqual([0, 1]);
    expect(small.overheads).toEqual([{ kind: 'filters', layer: 'first', count: 1, reason: 'border' }]);
    expect(small.graph.layers.find(({ name }) => name === 'depthwise')).toMatchObject({ groups: 2, filters: 2 });
  });

  test('a convolution in groups keeps all that it reads and gives', () => {
    const grouped = [
      images,
      conv('first', 'images', 4, { size: 1 }),
      conv('grouped', 'first', 4, { groups: 2 }),
      ...head('grouped'),
    ];
    const { graph, tensors } = valued(grouped, { 'first.weight': [1, 0, 1, 1], 'classifier.weight': [1, 1, 1, 0] });
    const small = compact(graph, tensors);
    expect([small.kept.get('first'), small.kept.get('grouped')]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    expect(small.overheads).toEqual([{ kind: 'filters', layer: 'first', count: 1, reason: 'whole' }]);
  });

  test('a filter that gives an output stays', () => {
    const layers = [images, conv('first', 'images', 2, { size: 1, bias: true }), globalAveragePool('pool', 'first')];
    const { graph, tensors } = valued(layers, { 'first.weight': [1, 0] });
    const small = compact(graph, tensors);
    expect(small.kept.get('first')).toEqual([0, 1]);
    expect(small.overheads).toEqual([{ kind: 'filters', layer: 'first', count: 1, reason: 'output' }]);
  });

  test('layers that the output does not depend on are left out', () => {
    const { graph, tensors } = valued([...two, conv('aside', 'relu', 2), ...head('relu')], {});
    const small = compact(graph, tensors);
    expect(small.graph.layers.map(({ name }) => name)).not.toContain('aside');
    expect(small.tensors.has('aside.weight')).toBe(false);
  });
});

describe('refuses', () => {
  const layers = [images, conv('conv', 'images', 2), batchNorm('bn', 'conv'), ...head('bn')];

  test('values that are no numbers', () => {
    const { graph, tensors } = valued(layers, { 'conv.weight': [NaN] });
    expect(() => compact(graph, tensors)).toThrow('"conv.weight" has values that are no numbers');
  });

  test('tensors that are missing or of another shape', () => {
    const { graph, tensors } = valued(layers, {});
    const one = { shape: [1], data: Float32Array.of(1) };
    expect(() => compact(graph, new Map([...tensors, ['bn.bias', one]]))).toThrow(
      '"bn.bias" has the shape [1] where "by hand" needs [2].',
    );
    tensors.delete('bn.running_var');
    expect(() => compact(graph, tensors)).toThrow('The weights have no "bn.running_var"');
  });

  test('a running variance that is negative', () => {
    const { graph, tensors } = valued(layers, { 'conv.weight': Array<number>(9).fill(0), 'bn.running_var': [-1] });
    expect(() => compact(graph, tensors)).toThrow('no finite number after "bn"');
  });
});
