import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison } from '../../../../src/cli/comparison';
import { commandLineWithRuns } from '../../../fixtures/commandLine';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writeRun } from '../../../fixtures/writeRun';

const line = commandLineWithRuns();
const { sfp, runs } = line;

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

test('settings are compared seed by seed, with the interval and a sentence', async () => {
  const ofSeeds = [1, 2, 3].flatMap((seed) =>
    (['l1', 'fpgm'] as const).map((criterion) =>
      plausibleRun({ epochs: 4, criterion, seed, name: `seeds-${criterion}-${seed}` }),
    ),
  );
  for (const run of ofSeeds) await writeRun(join(line.folder, '.sfp', 'runs'), run);
  const names = ofSeeds.map(({ manifest }) => manifest.name);
  const { stdout } = await sfp(['compare', ...names]);
  expect(stdout).toMatch(/What the seeds tell\n(L1|FPGM) is better than (L1|FPGM) by .* 95 % interval .* 3 seeds/);
  const comparison = JSON.parse((await sfp(['compare', ...names, '--json'])).stdout) as Comparison;
  expect(comparison.duels).toHaveLength(1);
  expect(comparison.duels[0]!.result.difference.count).toBe(3);
  const { mean, deviation } = comparison.groups[0]!.statistics.test!;
  const interval = comparison.groups[0]!.intervals.test!;
  expect(interval.high - mean).toBeCloseTo((4.302653 * deviation!) / Math.sqrt(3), 6);
});

test('a comparison is a table for other programs, and one for a page with what the seeds tell', async () => {
  const names = runs.map(({ manifest }) => manifest.name);
  const [header, ...rows] = (await sfp(['compare', ...names, '--csv'])).stdout.trimEnd().split('\n');
  expect(header).toMatch(/^run,id,status,epochs,pruning.criterion,training.seed,before,after,test,.*,compactEqual$/);
  expect(rows).toHaveLength(names.length);
  expect(new Set(rows.map((row) => row.split(',').length))).toEqual(new Set([header!.split(',').length]));
  const tests = rows.map((row) => row.split(',')[header!.split(',').indexOf('test')]);
  expect(tests).toContain(String(runs[0]!.manifest.summary!.test!.accuracy));
  const markdown = (await sfp(['compare', ...names, '--markdown'])).stdout;
  expect(markdown).toMatch(/^\| Run \| pruning.criterion \| training.seed \| Validation, before pruning \|/);
  expect((await sfp(['compare', ...names, '--csv', '--json'])).code).toBe(2);
});

test('the highest rate for a drop is told where a dense network is there', async () => {
  const of = runs[0]!.manifest.id;
  const dense = plausibleRun({ epochs: 4, rate: 0, name: 'net-dense', baseline: { of, kind: 'dense' } });
  const pruned = plausibleRun({ epochs: 4, rate: 0.3, name: 'net-pruned' });
  for (const run of [dense, pruned]) await writeRun(join(line.folder, '.sfp', 'runs'), run);
  const { stdout } = await sfp(['compare', 'net-dense', 'net-pruned', '--drop', '100']);
  expect(stdout).toMatch(
    /What accuracy costs\nPareto front of test accuracy against FLOPs left[^\n]*\nRate 0\.3 is the highest that costs at most 100\.00 points of test accuracy/,
  );
  const json = JSON.parse((await sfp(['compare', 'net-dense', 'net-pruned', '--json'])).stdout) as Comparison;
  expect(json.bestRates).toEqual([]);
  expect((await sfp(['compare', 'net-dense', 'net-pruned', '--drop', 'much'])).code).toBe(2);
});

test('a figure that one run of the seeds alone has is told without a deviation', async () => {
  const { stdout } = await sfp(['compare', ...runs.slice(0, 2).map(({ manifest }) => manifest.name)]);
  const mean = stdout.split('\n').find((line) => line.includes('mean ± std of 2 seeds'))!;
  // Before, after, test and images/s are known of both; of the compact network and of the overlap with the first run, one is.
  expect(mean.match(/±/g)).toHaveLength(1 + 4);
  expect(mean).not.toMatch(/± 0\.0+ %/);
  expect(mean).toMatch(/ [\d.]+ %$/m);
});

test('what the compact network really saves has columns, and null where there is none', async () => {
  const [certified, , stopped] = runs.map(({ manifest }) => manifest.name) as [string, string, string];
  const { stdout } = await sfp(['compare', certified, stopped]);
  expect(stdout).toMatch(/exact +compact +equal +time 64 +time 1 +images\/s/);
  expect(stdout).toMatch(/net-l1-seed1 .* -[\d.]+ % +[\d.]+ % +yes +-[\d.]+ % +-[\d.]+ % +\d+/);
  const comparison = JSON.parse((await sfp(['compare', certified, stopped, '--json'])).stdout) as Comparison;
  const { accuracy } = runs[0]!.history.certificate!;
  expect(comparison.runs[0]).toMatchObject({
    compactAccuracy: accuracy.compact,
    compactEqual: true,
    timeSaved64: expect.any(Number) as number,
  });
  expect(comparison.runs[1]).toMatchObject({
    compactAccuracy: null,
    compactEqual: null,
    timeSaved64: null,
    timeSaved1: null,
  });
});

test('a compact network that is not the masked one is told', async () => {
  const unequal = plausibleRun({ epochs: 6, name: 'net-unequal', certificate: { largestDifference: 1 } });
  await writeRun(join(line.folder, '.sfp', 'runs'), unequal);
  const { stdout } = await sfp(['compare', runs[0]!.manifest.name, 'net-unequal']);
  expect(stdout).toMatch(/net-unequal .* NO +-[\d.]+ %/);
});

test('without a compact network there are no columns of it', async () => {
  const [, ...others] = runs.map(({ manifest }) => manifest.name);
  const { stdout } = await sfp(['compare', ...others]);
  expect(stdout).not.toContain('time 64');
});
