import { expect, it } from 'vitest';
import { forecastQueue } from '../../../src/cli/queueForecast';
import { runConfigSchema } from '../../../src/config/schema';
import { resolveRun } from '../../../src/experiment/resolve';
import type { SplitTable } from '../../../src/scheduling/queue/split';

const run = (batchSize: number) => resolveRun(runConfigSchema.parse({ name: 'net', training: { batchSize } }));
const splits: SplitTable['splits'] = [
  { runs: 1, threads: 4, imagesPerSecond: 400, peakBytes: 1 },
  { runs: 2, threads: 2, imagesPerSecond: 600, peakBytes: 1 },
  { runs: 4, threads: 1, imagesPerSecond: 500, peakBytes: 1 },
];
const table = (batchSize: number): SplitTable => ({
  ...{ title: 'onnxruntime on the CPU', network: run(batchSize).graph.name, batchSize, cores: 4, splits },
  measured: '2026-01-01T00:00:00Z',
});

it('runs at once are as much quicker as their fastest way is', () => {
  expect(forecastQueue([run(64), run(64)], [table(128), table(64)])).toEqual({ runsAtOnce: 2, gain: 1.5 });
});

it('nothing is told of one run, of other batch sizes, or of runs that differ in them', () => {
  expect(forecastQueue([run(64)], [table(64)])).toBeNull();
  expect(forecastQueue([run(64), run(64)], [table(128)])).toBeNull();
  expect(forecastQueue([run(64), run(128)], [table(64), table(128)])).toBeNull();
});
