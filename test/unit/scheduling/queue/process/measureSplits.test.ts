import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StepTimes } from '../../../../../src/engines/choice/measuredRate';
import type { Workload } from '../../../../../src/engines/workload';
import { measureSplits, rateTogether } from '../../../../../src/scheduling/queue/process/measureSplits';
import type { Split } from '../../../../../src/scheduling/queue/split';
import { temporaryFolder } from '../../../../fixtures/temporaryFolder';

function times(begin: number, ...durations: number[]): StepTimes {
  return { begin, durations, peakBytes: 1, processorMilliseconds: 1 };
}

describe('the rate of processes together', () => {
  test('of one is that of its steps', () => {
    expect(rateTogether([times(0, 500, 500, 1000)], 100)).toBe(150);
  });

  test('counts the time that all have in common, and of a step the part in it', () => {
    // From 500 to 3000: of each two and a half steps.
    const first = times(0, 1000, 1000, 1000);
    const second = times(500, 1000, 1000, 1000);
    expect(rateTogether([first, second], 10)).toBeCloseTo((10 * 5) / 2.5);
    expect(rateTogether([times(1000, 1000, 1000), times(500, 1000, 1000, 1000)], 10)).toBeCloseTo((10 * 4) / 2);
  });

  test('is not known where they did not train at the same time', () => {
    expect(() => rateTogether([times(0, 100), times(200, 100)], 10)).toThrow('did not train at the same time');
  });
});

/** A measuring program that says what it is told: a step takes 100 ms with one thread, 60 with two, and fails with four. */
const program = `
  let text = '';
  process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => {
    const { settings: { threads }, milliseconds, id } = JSON.parse(text);
    if (threads === 4 || id !== 'some/cpu' || milliseconds < 1000) process.exit(1);
    const durations = Array(100).fill(threads === 1 ? 100 : 60);
    const told = { begin: Date.now(), durations, peakBytes: 1000 / threads, processorMilliseconds: 1 };
    console.log('stepped ' + JSON.stringify(told));
  });`;

const settings = { threads: null, tf32: false, enginesFolder: '/engines' };
const workload = {
  graph: { name: 'net', layers: [] },
  batchSize: 10,
  optimizer: { learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false },
} as unknown as Workload;

async function measured(cores: number, freeBytes: number): Promise<{ tried: string[]; rates: string[] }> {
  const script = join(temporaryFolder(), 'measure.js');
  await writeFile(script, program);
  const tried: string[] = [];
  const { splits } = await measureSplits(
    { id: 'some/cpu', settings, workload, cores, imageBytes: 100 },
    {
      signal: new AbortController().signal,
      freeBytes: () => freeBytes,
      onMeasuring: ({ runs, threads }: Split) => void tried.push(`${runs}x${threads}`),
      script,
    },
  );
  const rates = splits.map(({ runs, threads, imagesPerSecond }) => `${runs}x${threads}: ${imagesPerSecond.toFixed(0)}`);
  return { tried, rates };
}

describe('measuring several at once', () => {
  test('measures each way that fits into memory, all its processes at once', async () => {
    expect(await measured(2, 1e9)).toEqual({ tried: ['1x2', '2x1'], rates: ['1x2: 167', '2x1: 200'] });
  });

  test('measures nothing but one after another where no second one fits into memory', async () => {
    expect(await measured(2, 700)).toEqual({ tried: ['1x2'], rates: ['1x2: 167'] });
  });

  test('throws where not even one after another can be measured', async () => {
    await expect(measured(4, 1e9)).rejects.toThrow('ended with code 1');
  });
});
