import { describe, expect, it } from 'vitest';
import type { CompiledNetwork, Engine } from '../../../../src/engines/engine';
import { wasDisturbed, type MeasuredRate } from '../../../../src/engines/choice/measuredRate';
import { measureRate } from '../../../../src/engines/choice/measureRate';
import { processorTimes, usedByOthers } from '../../../../src/engines/choice/processorTimes';
import { conv, linear, globalAveragePool, input } from '../../../../src/network/layers';

const graph = {
  name: 'tiny',
  layers: [
    input('input', { channels: 1, height: 2, width: 2 }),
    conv('conv', 'input', 2),
    globalAveragePool('pool', 'conv'),
    linear('classifier', 'pool', 2),
  ],
};
const workload = { graph, batchSize: 10, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 0 } };

/** An engine whose steps take the time that they are told to, by a clock that only its steps move. */
function rateOf(millisecondsOfStep: (step: number) => number): Promise<MeasuredRate> {
  let [now, steps] = [0, 0];
  const network = {
    writeState: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
    step: () => {
      now += millisecondsOfStep(steps++);
      return Promise.resolve({ loss: 1, correct: 1 });
    },
  } as Partial<CompiledNetwork> as CompiledNetwork;
  const engine: Engine = {
    description: { name: 'onnxruntime', device: '', threads: 1, versions: {} },
    compile: () => Promise.resolve(network),
  };
  return measureRate(engine, workload, { now: () => now, processorTimes: () => ({ busy: now, idle: 0, own: now }) });
}

describe('measureRate', () => {
  it('is steady where all steps take the same time', async () => {
    expect(await rateOf(() => 100)).toEqual({
      imagesPerSecond: 100,
      slowestRound: 100,
      fastestRound: 100,
      usedByOthers: 0,
    });
  });

  it('does not count the first two steps, nor a single slow one', async () => {
    const rate = await rateOf((step) => (step < 2 ? 5000 : step === 12 ? 400 : 100));
    expect(rate).toMatchObject({ imagesPerSecond: 100, slowestRound: 100, fastestRound: 100 });
  });

  it('tells that a part of it was slower', async () => {
    const rate = await rateOf((step) => (step < 12 ? 100 : 200));
    expect(rate).toMatchObject({ slowestRound: 50, fastestRound: 100 });
    expect(wasDisturbed(rate)).toBe(true);
  });

  it('takes each step for a round where they are slow', async () => {
    const rate = await rateOf((step) => [0, 0, 2000, 4000, 3000][step] ?? NaN);
    expect(rate).toMatchObject({ imagesPerSecond: 10 / 3, slowestRound: 2.5, fastestRound: 5 });
  });
});

describe('a measurement', () => {
  const steady = { imagesPerSecond: 100, slowestRound: 95, fastestRound: 105, usedByOthers: 0.05 };

  it('was disturbed by others that used more than a quarter of the processors, or made it unsteady', () => {
    expect(wasDisturbed(steady)).toBe(false);
    expect(wasDisturbed({ ...steady, usedByOthers: 0.25 })).toBe(false);
    expect(wasDisturbed({ ...steady, usedByOthers: 0.26 })).toBe(true);
    expect(wasDisturbed({ ...steady, slowestRound: 80, fastestRound: 100 })).toBe(false);
    expect(wasDisturbed({ ...steady, slowestRound: 79, fastestRound: 100 })).toBe(true);
  });
});

describe('what other processes use', () => {
  const all = { usable: 4, all: 4 };
  const begin = { busy: 1000, idle: 5000, own: 300 };

  it('is what the processors did that this process did not', () => {
    expect(usedByOthers(begin, { busy: 4000, idle: 6000, own: 1300 }, all)).toBe(0.5);
    expect(usedByOthers(begin, { busy: 4000, idle: 6000, own: 3300 }, all)).toBe(0);
  });

  it('is nothing where it cannot be told', () => {
    expect(usedByOthers(begin, { busy: 4000, idle: 6000, own: 1300 }, { usable: 2, all: 4 })).toBe(0);
    expect(usedByOthers(begin, begin, all)).toBe(0);
    expect(usedByOthers({ busy: 0, idle: 0, own: 0 }, { busy: 0, idle: 0, own: 900 }, all)).toBe(0);
  });

  it('is read from the system in milliseconds', () => {
    const before = process.cpuUsage();
    const { busy, idle, own } = processorTimes();
    const after = process.cpuUsage();
    expect(own).toBeGreaterThanOrEqual((before.user + before.system) / 1000);
    expect(own).toBeLessThanOrEqual((after.user + after.system) / 1000);
    expect(busy).toBeGreaterThanOrEqual(0);
    expect(idle).toBeGreaterThanOrEqual(0);
  });
});
