import { expect, test } from 'vitest';
import { networkLatencies } from '../../../src/latency/networkLatencies';
import { spreadOf } from '../../../src/engines/latency/spread';

const models = ['dense', 'compact'].map((name) => ({ name, bytes: new Uint8Array() }));
const { signal } = new AbortController();

test('every batch size and number of threads has a run of its own, and a busy one is told', async () => {
  const told: number[] = [];
  const { measured, disturbed, runtime } = await networkLatencies(models, {
    signal,
    threads: [1, 2],
    onProgress: (fraction) => told.push(fraction),
    timeModels: ({ options: { batchSize, threads } }, { onProgress }) => {
      onProgress?.(0.5);
      const usedByOthers = threads === 2 && batchSize === 64 ? 0.5 : 0;
      return Promise.resolve({
        spreads: [spreadOf([batchSize]), spreadOf([batchSize / threads])],
        steadiness: { usedByOthers, slowRound: 1, fastRound: 1 },
      });
    },
  });
  expect(runtime).toMatch(/^onnxruntime \d+\.\d+\.\d+, Node /);
  expect(told).toEqual([0.125, 0.375, 0.625, 0.875]);
  expect(measured.map((at) => [at.batch, at.threads, at.disturbed, at.spreads.get('compact')?.median])).toEqual([
    [1, 1, false, 1],
    [64, 1, false, 64],
    [1, 2, false, 0.5],
    [64, 2, true, 32],
  ]);
  expect(disturbed).toBe(true);
});

test('what other programs disturbed is measured again, so often at the most, and then nothing more is', async () => {
  const calls = new Map<number, number>();
  const { measured, disturbed } = await networkLatencies(models, {
    signal,
    threads: [1, 2],
    tries: 3,
    timeModels: ({ options: { batchSize } }) => {
      const call = (calls.get(batchSize) ?? 0) + 1;
      calls.set(batchSize, call);
      // One image is measured in peace the second time, 64 never.
      const usedByOthers = batchSize === 1 && call === 2 ? 0 : 0.5;
      const steadiness = { usedByOthers, slowRound: 1, fastRound: 1 };
      return Promise.resolve({ spreads: [spreadOf([call]), spreadOf([call])], steadiness });
    },
  });
  expect([...calls]).toEqual([
    [1, 2],
    [64, 3],
  ]);
  expect(measured.map((at) => [at.disturbed, at.spreads.get('dense')?.median])).toEqual([
    [false, 2],
    [true, 3],
  ]);
  expect(disturbed).toBe(true);
});
