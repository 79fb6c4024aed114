import { expect, test } from 'vitest';
import type { Layer } from '../../../src/network/graph';
import { channelFlow } from '../../../src/network/channels';
import { add, conv, input, relu } from '../../../src/network/layers';

const first: readonly Layer[] = [input('images', { channels: 1, height: 2, width: 2 }), conv('conv', 'images', 2)];

test('a sum of a layer with itself, again and again, is fed by each filter once', () => {
  const sums = Array.from({ length: 60 }, (_, index) => {
    const before = index === 0 ? 'conv' : `sum${index - 1}`;
    return add(`sum${index}`, before, before);
  });
  const flow = channelFlow({ name: 'doubled', layers: [...first, ...sums] });
  expect(flow.get('sum59')).toEqual([0, 1].map((filter) => ({ sources: [{ layer: 'conv', filter }], fixed: false })));
});

test('a filter that stands for others is in their place wherever their channels go', () => {
  const some = { layer: 'some', filter: 0 };
  const layers = [...first, relu('relu', 'conv'), conv('second', 'relu', 2), add('sum', 'relu', 'second')];
  const flow = channelFlow({ name: 'small', layers }, () => some);
  for (const layer of ['conv', 'relu', 'second', 'sum'])
    expect(flow.get(layer)!.map(({ sources }) => [...new Set(sources)])).toEqual([[some], [some]]);
  expect(flow.get('images')).toEqual([{ sources: [], fixed: true }]);
});
