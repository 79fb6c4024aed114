import { describe, expect, test } from 'vitest';
import {
  timeInterleaved,
  wasBusy,
  type Steadiness,
  type TimingEnvironment,
} from '../../../../src/engines/latency/interleaved';

/** Models that take the milliseconds that they are told to, by a clock that only they move; `log` has who ran, in order. */
function laboratory(milliseconds: (model: string, run: number) => number) {
  let [now, disposed] = [0, 0];
  const log: string[] = [];
  const runs = new Map<string, number>();
  const environment: TimingEnvironment = {
    open: (bytes) => {
      const name = new TextDecoder().decode(bytes);
      return Promise.resolve({
        imageExtents: [1, 2, 2],
        predict: (images, count) => {
          expect(images).toHaveLength(count * 4);
          const run = runs.get(name) ?? 0;
          runs.set(name, run + 1);
          log.push(name);
          now += milliseconds(name, run);
          return Promise.resolve(new Float32Array(count));
        },
        dispose: () => {
          disposed += 1;
          return Promise.resolve();
        },
      });
    },
    now: () => now,
    processorTimes: () => ({ busy: now, idle: now, own: now }),
  };
  return { environment, log, disposed: () => disposed };
}

const models = ['a', 'b'].map((name) => ({ name, bytes: new TextEncoder().encode(name) }));
const options = { batchSize: 3, threads: 1, rounds: 2, turnMilliseconds: 1 };

describe('models in one run', () => {
  test('run warm, then take turns', async () => {
    const { environment, log, disposed } = laboratory(() => 1);
    await timeInterleaved(models, options, environment);
    expect(log.join('')).toBe('aabb' + 'abab');
    expect(disposed()).toBe(2);
  });

  test('stay at it as long as a turn lasts, and once where a pass is longer', async () => {
    const { environment, log } = laboratory((model) => (model === 'a' ? 2 : 50));
    await timeInterleaved(models, { ...options, turnMilliseconds: 6, rounds: 1 }, environment);
    expect(log.join('')).toBe('aabb' + 'aaab');
  });

  test('have medians and quartiles in seconds, of what came after the warm-up', async () => {
    const { environment } = laboratory((model, run) => (run < 2 ? 1000 : model === 'a' ? run : 5));
    const { spreads } = await timeInterleaved(models, { ...options, rounds: 5 }, environment);
    expect(spreads[0]).toEqual({
      runs: 5,
      lowest: 0.002,
      lowerQuartile: 0.003,
      median: 0.004,
      upperQuartile: 0.005,
      highest: 0.006,
    });
    expect(spreads[1]).toMatchObject({
      lowest: expect.closeTo(0.005) as number,
      highest: expect.closeTo(0.005) as number,
    });
  });

  test('are closed when one fails, or when progress says stop', async () => {
    const { environment, disposed } = laboratory(() => 1);
    const stop = new Error('enough');
    const onProgress = (): never => {
      throw stop;
    };
    await expect(timeInterleaved(models, options, { ...environment, onProgress })).rejects.toBe(stop);
    expect(disposed()).toBe(2);
  });

  /** How steady ten rounds were, of which those from 0 on that are told so took twice as long. */
  async function steadinessWith(isSlow: (round: number) => boolean): Promise<Steadiness> {
    const { environment } = laboratory((_, run) => (isSlow(run - 2) ? 2 : 1));
    return (await timeInterleaved(models, { ...options, turnMilliseconds: 0, rounds: 10 }, environment)).steadiness;
  }

  test('tell how unsteady the rounds were', async () => {
    const steadiness = await steadinessWith((round) => round > 4);
    expect(steadiness).toMatchObject({
      fastRound: expect.closeTo(0.002) as number,
      slowRound: expect.closeTo(0.004) as number,
    });
    expect(wasBusy(steadiness)).toBe(true);
  });

  test('are as steady as before when something came across a round or two', async () => {
    expect(wasBusy(await steadinessWith((round) => round === 3 || round === 8))).toBe(false);
  });
});

test('a quiet machine is one whose rounds agree and whose processors nobody else uses', () => {
  expect(wasBusy({ usedByOthers: 0.1, slowRound: 1.2, fastRound: 1 })).toBe(false);
  expect(wasBusy({ usedByOthers: 0.1, slowRound: 1.3, fastRound: 1 })).toBe(true);
  expect(wasBusy({ usedByOthers: 0.3, slowRound: 1, fastRound: 1 })).toBe(true);
});
