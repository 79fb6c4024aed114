import { expect, test } from 'vitest';
import type { Comparison } from '../../../../src/cli/comparison';
import { commandLineWithRuns } from '../../../fixtures/commandLine';

const { sfp, runs } = commandLineWithRuns();

test('runs are compared: what differs first, runs of several seeds with mean and deviation', async () => {
  const names = runs.map(({ manifest }) => manifest.name);
  const { code, stdout } = await sfp(['compare', ...names]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^The runs differ in pruning\.criterion, training\.seed\.\n/);
  expect(stdout).toMatch(/mean ± std of 2 seeds +[\d.]+ ± [\d.]+ %/);
  const comparison = JSON.parse((await sfp(['compare', ...names, '--json'])).stdout) as Comparison;
  const tests = runs.slice(0, 2).map(({ manifest }) => manifest.summary?.test?.accuracy ?? NaN) as [number, number];
  expect(comparison.groups).toHaveLength(1);
  expect(comparison.groups[0]?.statistics.test).toEqual({
    mean: expect.closeTo((tests[0] + tests[1]) / 2, 10) as number,
    deviation: expect.closeTo(Math.abs(tests[0] - tests[1]) / Math.SQRT2, 10) as number,
    count: 2,
  });
  expect(comparison.runs.map(({ overlap }) => overlap === null)).toEqual([true, false, false]);
});
