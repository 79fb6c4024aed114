import { expect, test } from 'vitest';
import type { NetworkLatencies } from '../../../src/latency/networkLatencies';
import { pairLatency } from '../../../src/analysis/pairLatency';
import { spreadOf } from '../../../src/engines/latency/spread';

const models = { masked: new Uint8Array(), compact: new Uint8Array() };
const options = { signal: new AbortController().signal, onProgress: () => undefined };

/** What is measured, in seconds. */
const measuredAs = (disturbed: boolean) => (): Promise<NetworkLatencies> => {
  const spreads = new Map([
    ['masked', spreadOf([0.008])],
    ['compact', spreadOf([0.005])],
  ]);
  const measured = [{ batch: 64, threads: 2, disturbed, spreads }];
  return Promise.resolve({ machine: 'here', runtime: 'onnxruntime', disturbed, measured });
};

test('times are told in milliseconds', async () => {
  const { latency } = await pairLatency(models, options, measuredAs(false));
  expect(latency?.measured).toEqual([
    { batch: 64, threads: 2, masked: { median: 8, low: 8, high: 8 }, compact: { median: 5, low: 5, high: 5 } },
  ]);
});

test('times of a machine that stayed busy are not kept', async () => {
  const { latency, block } = await pairLatency(models, options, measuredAs(true));
  expect(latency).toBeNull();
  expect([1, 8, 16]).toContain(block);
});
