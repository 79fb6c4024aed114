import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelPresence } from '../../../src/network/channelPresence';
import type { Layer, LayerGraph } from '../../../src/network/graph';
import { add, conv, globalAveragePool, input, linear, multiply, relu, sigmoid } from '../../../src/network/layers';
import { prunableLayers } from '../../../src/network/prunableLayers';
import { buildNetwork } from '../../../src/network/zoo';
import { prunableOf } from '../../../src/pruning/groups';
import { filtersToPrune } from '../../../src/pruning/masks';
import { maskedWidths } from '../../../src/pruning/forecast';
import { forecastByLayer, forecastSavings, maskedByLayer, maskedSavings } from '../../../src/pruning/savings';
import { randomNetwork } from '../../fixtures/randomNetwork';

const cifar = (arch: string, classes = 10) => buildNetwork(arch, { channels: 3, height: 32, width: 32 }, classes);
/** The paper's rule: every layer by its own rate, whole filters rounded as floor(N * rate). */
function forecast(graph: LayerGraph, rateOf: (layer: string) => number) {
  const prunable = prunableOf(graph, 'independent');
  const kept = {
    paper: prunable.pools.map(({ name, groups }) => groups.length * (1 - rateOf(name))),
    exact: prunable.pools.map(({ name, groups }) => groups.length - filtersToPrune(groups.length, rateOf(name))),
  };
  const { multiplyAdds, parameters } = forecastSavings(graph, prunable, kept);
  return { ...multiplyAdds, parameters, layers: forecastByLayer(graph, prunable, kept) };
}
const count = (arch: string, rate: number) => forecast(cifar(arch), () => rate);
const percent = (part: number, whole: number) => Math.round(1000 * (1 - part / whole)) / 10;

/** Recomputed from the SFP paper's rule; the paper columns agree with its released counting script to the last digit. */
const golden = [
  ['resnet20', 0.1, 40_550_400, 34_371_993.6, 15.2, 35_449_344, 12.6],
  ['resnet20', 0.3, 40_550_400, 23_430_758.4, 42.2, 24_721_344, 39.0],
  ['resnet20', 0.4, 40_550_400, 18_667_929.6, 54.0, 19_585_728, 51.7],
  ['resnet56', 0.1, 125_485_056, 106_991_124.48, 14.7, 110_071_296, 12.3],
  ['resnet56', 0.3, 125_485_056, 73_966_878.72, 41.1, 77_739_840, 38.0],
  ['resnet56', 0.4, 125_485_056, 59_436_564.48, 52.6, 62_222_400, 50.4],
] as const;

describe('multiply-adds', () => {
  test.each(golden)('of %s at rate %d', (arch, rate, dense, paper, paperPercent, exact, exactPercent) => {
    const counted = count(arch, rate);
    expect(counted.dense).toBe(dense);
    expect(counted.paper).toBeCloseTo(paper, 3);
    expect(percent(counted.paper, dense)).toBe(paperPercent);
    expect(counted.exact).toBe(exact);
    expect(percent(counted.exact, dense)).toBe(exactPercent);
  });

  test('are not those of counters that get the inputs or the stem wrong', () => {
    const { dense, paper, exact, layers } = count('resnet20', 0.3);
    const stem = layers[0]!.dense;
    const outputsOnly = 0.7 * dense;
    const everyInputShrinks = 0.7 * stem + 0.49 * (dense - stem);
    const stemLeftWhole = paper + 0.3 * stem + (1 - 0.7) * 0.7 * layers[1]!.dense;
    expect([outputsOnly, everyInputShrinks, stemLeftWhole].map((wrong) => percent(wrong, dense))).toEqual([
      30.0, 50.8, 40.7,
    ]);
    for (const right of [paper, exact])
      for (const wrong of [30.0, 50.8, 40.7]) expect(percent(right, dense)).not.toBe(wrong);
  });

  test('of a network that is not pruned are the same by every count', () => {
    const { dense, paper, exact, layers } = count('resnet32', 0);
    expect([paper, exact]).toEqual([dense, dense]);
    expect(layers.every((layer) => layer.kept === layer.filters)).toBe(true);
  });

  test('add up to the total', () => {
    const counted = count('resnet44', 0.25);
    for (const kind of ['dense', 'paper', 'exact'] as const)
      expect(counted.layers.reduce((sum, layer) => sum + layer[kind], 0)).toBe(counted[kind]);
  });

  test('use the rate of each layer, and of the layer that its input comes from', () => {
    const counted = forecast(cifar('resnet20'), (layer) => (layer === 'stage2.block1.conv1' ? 0.5 : 0));
    const changed = counted.layers.filter((layer) => layer.exact !== layer.dense);
    expect(changed.map(({ name, kept, dense, exact, paper }) => [name, kept, exact / dense, paper / dense])).toEqual([
      ['stage2.block1.conv1', 16, 0.5, 0.5],
      ['stage2.block1.conv2', 32, 0.5, 0.5],
    ]);
  });

  test('tell apart which inputs shrink', () => {
    const ratio = ({ layers }: ReturnType<typeof count>, name: string) => {
      const layer = layers.find((some) => some.name === name)!;
      return layer.paper / layer.dense;
    };
    const counted = count('resnet20', 0.5);
    expect(ratio(counted, 'stem.conv')).toBe(0.5);
    expect(ratio(counted, 'stage1.block1.conv1')).toBe(0.25);
    expect(ratio(counted, 'stage1.block1.conv2')).toBe(0.25);
    expect(ratio(counted, 'stage1.block2.conv1')).toBe(0.5);
    expect(ratio(counted, 'stage2.block1.conv1')).toBe(0.5);
    expect(ratio(counted, 'stage3.block3.conv2')).toBe(0.25);
  });

  test('leave alone convolutions that are not prunable', () => {
    const graph = cifar('resnet20');
    const layers = graph.layers.map((layer) => (layer.kind === 'conv' ? { ...layer, prunable: false } : layer));
    const counted = forecast({ ...graph, layers }, () => 0.3);
    expect([counted.paper, counted.exact]).toEqual([counted.dense, counted.dense]);
    expect(prunableLayers({ ...graph, layers })).toEqual([]);
  });

  test('count the convolutions of an MNIST network by its own image size', () => {
    const mnist = buildNetwork('resnet20', { channels: 1, height: 28, width: 28 }, 10);
    expect(forecast(mnist, () => 0).layers[0]).toMatchObject({ dense: 28 * 28 * 9 * 16 });
  });
});

describe('parameters', () => {
  test.each([
    ['resnet20', 269_722],
    ['resnet32', 464_154],
    ['resnet44', 658_586],
    ['resnet56', 853_018],
    ['resnet110', 1_727_962],
  ])('of %s are as many as published', (arch, dense) => {
    expect(forecast(cifar(arch), () => 0).parameters).toEqual({ dense, exact: dense });
  });

  test('of CIFAR-100 networks have a larger classifier', () => {
    const { dense } = forecast(cifar('resnet20', 100), () => 0).parameters;
    expect(dense).toBe(269_722 + 90 * 65);
  });

  test('of the compact ResNet-20 at rate 0.3, counted by hand', () => {
    // 16 -> 12, 32 -> 23, 64 -> 45 filters; first convolutions of blocks read full width, but for stage1.block1.
    const conv = (filters: number, inputs: number) => 9 * filters * inputs + 2 * filters;
    const stem = conv(12, 3);
    const stage1 = conv(12, 12) + 2 * conv(12, 16) + 3 * conv(12, 12);
    const stage2 = conv(23, 16) + 2 * conv(23, 32) + 3 * conv(23, 23);
    const stage3 = conv(45, 32) + 2 * conv(45, 64) + 3 * conv(45, 45);
    const classifier = 10 * 64 + 10;
    const { exact } = forecast(cifar('resnet20'), () => 0.3).parameters;
    expect(exact).toBe(stem + stage1 + stage2 + stage3 + classifier);
  });

  test('shrink a classifier whose input is one pruned convolution, with every pixel of a channel', () => {
    const graph = {
      name: 'small',
      layers: [
        input('input', { channels: 1, height: 4, width: 4 }),
        conv('conv', 'input', 10),
        relu('relu', 'conv'),
        linear('classifier', 'relu', 2),
      ],
    };
    expect(forecast(graph, () => 0.1).parameters).toEqual({ dense: 90 + 2 * 160 + 2, exact: 81 + 2 * 144 + 2 });
  });
});

describe('what masks leave', () => {
  const masks = (kept: Readonly<Record<string, readonly number[]>>) =>
    new Map(Object.entries(kept).map(([name, bits]) => [name, Uint8Array.from(bits)]));

  test('of each convolution, counted by hand', () => {
    const graph = {
      name: 'small',
      layers: [
        input('images', { channels: 3, height: 4, width: 4 }),
        conv('first', 'images', 4),
        relu('relu', 'first'),
        conv('second', 'relu', 4),
        add('sum', 'second', 'relu'),
        conv('depthwise', 'sum', 4, { groups: 4 }),
        globalAveragePool('squeezed', 'depthwise'),
        conv('gate', 'squeezed', 4, { size: 1 }),
        sigmoid('sigmoid', 'gate'),
        multiply('product', 'depthwise', 'sigmoid'),
        linear('fc', 'product', 2),
      ],
    };
    const counts = maskedByLayer(graph, masks({ first: [1, 0, 0, 1], second: [1, 1, 0, 0], gate: [0, 1, 1, 1] }));
    // Of the sum, channel 2 is there for neither of its parts; the gate goes with what it multiplies, whatever its mask says.
    expect(Object.fromEntries(counts)).toEqual({
      first: { filters: 4, keptFilters: 2, inputs: 3, leftInputs: 3, dense: 16 * 9 * 12, exact: 16 * 9 * 6 },
      second: { filters: 4, keptFilters: 2, inputs: 4, leftInputs: 2, dense: 16 * 9 * 16, exact: 16 * 9 * 4 },
      depthwise: { filters: 4, keptFilters: 3, inputs: 4, leftInputs: 3, dense: 16 * 9 * 4, exact: 16 * 9 * 3 },
      gate: { filters: 4, keptFilters: 3, inputs: 4, leftInputs: 3, dense: 16, exact: 9 },
    });
  });

  test('adds up to what is saved in all, in any network and with any masks', () => {
    fc.assert(
      fc.property(randomNetwork, fc.infiniteStream(fc.boolean()), (graph, bits) => {
        const drawn = randomMasks(graph, bits);
        const layers = [...maskedByLayer(graph, drawn).values()];
        const { dense, exact } = maskedSavings(graph, drawn, 0).multiplyAdds;
        expect(layers.reduce((sum, layer) => sum + layer.dense, 0)).toBe(dense);
        expect(layers.reduce((sum, layer) => sum + layer.exact, 0)).toBeCloseTo(exact, 6);
      }),
    );
  });

  test('is what brings channels about, filter by filter', () => {
    fc.assert(
      fc.property(randomNetwork, fc.infiniteStream(fc.boolean()), (graph, bits) => {
        const drawn = randomMasks(graph, bits);
        const isThere = ({ sources, fixed }: ReturnType<typeof presenceOf>[number]): boolean =>
          fixed || sources.some(({ layer, filter }) => drawn.get(layer)?.[filter] !== 0);
        const presenceOf = (name: string) => channelPresence(graph).get(name)!;
        for (const [name, width] of maskedWidths(graph, drawn))
          expect([name, width]).toEqual([name, presenceOf(name).filter(isThere).length]);
      }),
    );
  });

  test('is counted at once, however many sums lead to a layer', () => {
    const layers: Layer[] = [
      input('images', { channels: 3, height: 2, width: 2 }),
      conv('conv', 'images', 256),
      relu('end0', 'conv'),
    ];
    for (let block = 1; block <= 1000; block++)
      layers.push(conv(`conv${block}`, `end${block - 1}`, 256), add(`end${block}`, `conv${block}`, `end${block - 1}`));
    const widths = maskedWidths({ name: 'deep', layers }, new Map([['conv', new Uint8Array(256)]]));
    expect([widths.get('end0'), widths.get('end1000')]).toEqual([0, 256]);
  });
});

function randomMasks(graph: LayerGraph, bits: Iterator<boolean>): Map<string, Uint8Array> {
  const draw = (): number => (bits.next().value ? 1 : 0);
  return new Map(prunableLayers(graph).map(({ name, filters }) => [name, Uint8Array.from({ length: filters }, draw)]));
}
