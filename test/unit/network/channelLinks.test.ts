import { expect, test } from 'vitest';
import { add, batchNorm, channelScatter, conv, input, linear, relu, subsamplePad } from '../../../src/network/layers';
import { channelLinks } from '../../../src/network/channelLinks';

test('links tell what a channel is made of, and null of layers that make their own', () => {
  const links = channelLinks({
    name: 'links',
    layers: [
      input('images', { channels: 1, height: 4, width: 4 }),
      conv('conv', 'images', 2),
      batchNorm('bn', 'conv'),
      channelScatter('scatter', 'bn', 3, [2, 0]),
      subsamplePad('pad', 'conv', 1, 1),
      add('sum', 'scatter', 'pad'),
      relu('relu', 'sum'),
      linear('classifier', 'relu', 2),
    ],
  });
  const made = (layer: string) =>
    links.get(layer)?.map((sources) => sources.map(({ input: index, channel }) => `${index}.${channel}`).join('+'));
  expect(Object.fromEntries([...links.keys()].map((layer) => [layer, made(layer)]))).toEqual({
    images: undefined,
    conv: undefined,
    bn: ['0.0', '0.1'],
    scatter: ['0.1', '', '0.0'],
    pad: ['0.0', '0.1', ''],
    sum: ['0.0+1.0', '0.1+1.1', '0.2+1.2'],
    relu: ['0.0', '0.1', '0.2'],
    classifier: undefined,
  });
});
