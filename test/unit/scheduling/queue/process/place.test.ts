import { describe, expect, test } from 'vitest';
import { placeFor, type Need, type Taken } from '../../../../../src/scheduling/queue/process/place';

const cpu = (atOnce: number, threads: number): Need => ({ kind: 'cpu', atOnce, threads });
const gpu = (...devices: (string | null)[]): Need => ({ kind: 'gpu', devices });
const onCpu = (threads: number): Taken => ({ threads, device: null, onGpu: false });
const onGpu = (device: string | null): Taken => ({ threads: 1, device, onGpu: true });

describe('the place of a run on CPUs', () => {
  test('is what was measured, as long as there are threads', () => {
    expect(placeFor(cpu(2, 1), { cores: 2, taken: [], slots: null })).toEqual(onCpu(1));
    expect(placeFor(cpu(2, 1), { cores: 2, taken: [onCpu(1)], slots: null })).toEqual(onCpu(1));
    expect(placeFor(cpu(2, 1), { cores: 2, taken: [onCpu(1), onCpu(1)], slots: null })).toBeNull();
  });

  test('is none beside a run that has all threads', () => {
    expect(placeFor(cpu(2, 1), { cores: 2, taken: [onCpu(2)], slots: null })).toBeNull();
  });

  test('is none beside as many as pay, though there are threads', () => {
    expect(placeFor(cpu(2, 1), { cores: 8, taken: [onCpu(1), onCpu(1)], slots: null })).toBeNull();
  });

  test('is there on a machine where nothing trains, whatever is needed', () => {
    expect(placeFor(cpu(1, 64), { cores: 2, taken: [], slots: null })).toEqual(onCpu(64));
  });

  test('is what the user wants', () => {
    const slots = { runs: 3, threads: null };
    expect(placeFor(cpu(1, 8), { cores: 8, taken: [onCpu(2), onCpu(2)], slots })).toEqual(onCpu(2));
    expect(placeFor(cpu(1, 8), { cores: 8, taken: [onCpu(2), onCpu(2), onCpu(2)], slots })).toBeNull();
    const many = { runs: 2, threads: 16 };
    expect(placeFor(cpu(1, 8), { cores: 8, taken: [onCpu(16)], slots: many })).toEqual(onCpu(16));
    expect(placeFor(cpu(1, 1), { cores: 8, taken: [], slots: many })).toEqual(onCpu(16));
  });
});

describe('the place of a run on GPUs', () => {
  test('is a device of its own', () => {
    const machine = { cores: 8, slots: null };
    expect(placeFor(gpu('0', '1'), { ...machine, taken: [] })).toEqual(onGpu('0'));
    expect(placeFor(gpu('0', '1'), { ...machine, taken: [onGpu('0')] })).toEqual(onGpu('1'));
    expect(placeFor(gpu('0', '1'), { ...machine, taken: [onGpu('1')] })).toEqual(onGpu('0'));
    expect(placeFor(gpu('0', '1'), { ...machine, taken: [onGpu('0'), onGpu('1')] })).toBeNull();
    expect(placeFor(gpu(null), { ...machine, taken: [onGpu(null)] })).toBeNull();
  });

  test('is the least used one where the user wants more', () => {
    const machine = { cores: 8, slots: { runs: 4, threads: null } };
    expect(placeFor(gpu('0', '1'), { ...machine, taken: [onGpu('0'), onGpu('1'), onGpu('0')] })).toEqual(onGpu('1'));
  });
});
