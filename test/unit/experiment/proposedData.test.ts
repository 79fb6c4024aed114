import { expect, it } from 'vitest';
import { proposedData } from '../../../src/experiment/proposedData';

it('a network for images and classes of known data sets gets the first, and is told of the others', () => {
  const cifar = proposedData({ channels: 3, height: 32, width: 32 }, 100);
  expect([cifar.data.value, cifar.trainingImages]).toEqual([{ dataset: 'cifar100' }, 50_000]);
  const { data } = proposedData({ channels: 1, height: 28, width: 28 }, 10);
  expect(data.value).toEqual({ dataset: 'mnist' });
  expect(data.reason).toContain('"mnist" or "fashion-mnist"');
});

it('other square pictures come from a folder, at the size of the network', () => {
  const { data, trainingImages } = proposedData({ channels: 3, height: 224, width: 224 }, 7);
  expect([data.value, trainingImages]).toEqual([{ folder: './images', size: 224, channels: 3 }, null]);
  expect(data.reason).toContain('7 classes');
});

it('what no picture has comes from arrays', () => {
  for (const [channels, height, width] of [
    [4, 32, 32],
    [3, 32, 64],
    [3, 4, 4],
    [3, 2048, 2048],
  ] as const)
    expect(proposedData({ channels, height, width }, 3).data.value).toEqual({ arrays: './images.npz' });
});
