import { expect, test } from 'vitest';
import { plannedConvolutions, shapesToMeasure, shapeText } from '../../../src/layerTimes/convolutions';
import { fullWidths } from '../../../src/network/cost';
import { add, conv, globalAveragePool, input, linear } from '../../../src/network/layers';
import { buildNetwork } from '../../../src/network/zoo';
import { widthForecast } from '../../../src/pruning/forecast';
import { prunableOf } from '../../../src/pruning/groups';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const shapesAt = (widths: ReadonlyMap<string, number>) =>
  plannedConvolutions(graph).flatMap((planned) => {
    const channels = planned.channelsAt(widths);
    return channels ? [`${shapeText(planned)} ${channels.inputs}->${channels.outputs}`] : [];
  });

test('of a dense ResNet-20: 18 convolutions behind the stem, and two placements where channels are appended', () => {
  const shapes = shapesAt(fullWidths(graph));
  expect(shapes).toHaveLength(20);
  expect(shapes.filter((text) => text.startsWith('1x1'))).toEqual(['1x1 at 16x16 16->32', '1x1 at 8x8 32->64']);
  expect(shapes.filter((text) => text === '3x3 at 8x8 64->64')).toHaveLength(5);
});

test('masks of their own in layers that a shortcut joins cost a placement at every sum', () => {
  const prunable = prunableOf(graph, 'independent');
  const half = widthForecast(graph, prunable)(prunable.pools.map(({ groups }) => groups.length / 2));
  const shapes = shapesAt(half);
  expect(shapes.filter((text) => text === '1x1 at 8x8 32->64')).toHaveLength(3 + 1);
  const coupled = prunableOf(graph, 'coupled');
  const halved = shapesAt(widthForecast(graph, coupled)(coupled.pools.map(({ groups }) => groups.length / 2)));
  expect(halved.filter((text) => text.startsWith('1x1'))).toEqual(['1x1 at 16x16 8->16', '1x1 at 8x8 16->32']);
});

test('every shape is measured with the most channels that any of its layers has, sums included', () => {
  const most = new Map(shapesToMeasure(graph).map((shape) => [shapeText(shape), shape.most]));
  expect(Object.fromEntries(most)).toEqual({
    '3x3 at 32x32': 16,
    '1x1 at 32x32': 16,
    '3x3 at 16x16': 32,
    '1x1 at 16x16': 32,
    '3x3 at 8x8': 64,
    '1x1 at 8x8': 64,
  });
});

test('a kernel that is not square stands for a square one, by its places', () => {
  const layers = [
    input('images', { channels: 3, height: 8, width: 8 }),
    conv('stem', 'images', 4),
    { ...conv('flat', 'stem', 4, { padding: 1 }), kernel: [1, 7] as const },
    conv('again', 'stem', 4),
    add('sum', 'again', 'stem'),
    globalAveragePool('pool', 'sum'),
    linear('classifier', 'pool', 2),
  ];
  const flat = plannedConvolutions({ name: 'flat', layers })[0]!;
  expect([flat.kernel, flat.share]).toEqual([3, 7 / 9]);
});

test('of a MobileNet: its convolutions over the channels, as depthwise ones belong to the rest', () => {
  const mobilenet = buildNetwork('mobilenetv1', { channels: 3, height: 32, width: 32 }, 10);
  const planned = plannedConvolutions(mobilenet).map((each) => shapeText(each));
  expect(planned).toHaveLength(13);
  expect(planned.every((text) => text.startsWith('1x1'))).toBe(true);
});
