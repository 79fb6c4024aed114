import { describe, expect, test } from 'vitest';
import type { StepTimes } from '../../../../../src/engines/choice/measuredRate';
import { rateTogether } from '../../../../../src/scheduling/queue/process/measureSplits';

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
