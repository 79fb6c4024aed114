import { expect, test } from 'vitest';
import { channelPresence } from '../../../src/network/channelPresence';
import { conv, globalAveragePool, input, linear, multiply, relu, sigmoid } from '../../../src/network/layers';

const graph = {
  name: 'gated',
  layers: [
    input('images', { channels: 1, height: 4, width: 4 }),
    conv('first', 'images', 2),
    conv('aside', 'first', 2),
    globalAveragePool('squeezed', 'first'),
    linear('fc1', 'squeezed', 3),
    relu('relu', 'fc1'),
    linear('fc2', 'relu', 2),
    sigmoid('gate', 'fc2'),
    multiply('product', 'first', 'gate'),
    linear('classifier', 'product', 2),
  ],
};

test('what is a factor is there where what it multiplies is, and what nothing reads is not', () => {
  const presence = channelPresence(graph);
  const first = [0, 1].map((filter) => ({ sources: [{ layer: 'first', filter }], fixed: false }));
  for (const layer of ['first', 'squeezed', 'fc2', 'gate', 'product']) expect(presence.get(layer)).toEqual(first);
  for (const layer of ['images', 'fc1', 'relu', 'classifier'])
    expect(presence.get(layer)!.every(({ fixed }) => fixed)).toBe(true);
  expect(presence.get('aside')).toEqual([0, 1].map(() => ({ sources: [], fixed: false })));
});

test('a factor that something else reads too is always there', () => {
  const read = graph.layers.filter(({ name }) => name !== 'aside' && name !== 'classifier');
  const presence = channelPresence({
    name: 'read',
    layers: [...read, conv('aside', 'gate', 2), multiply('end', 'aside', 'fc2'), linear('classifier', 'end', 2)],
  });
  expect(presence.get('gate')!.every(({ fixed }) => fixed)).toBe(true);
});
