import { expect, test } from 'vitest';
import { previewSummary, previewTable, size } from '../../../src/cli/previewText';
import type { RunForecast } from '../../../src/cli/trainingForecast';
import { readExperiment } from '../../../src/experiment/read';

const { runs } = readExperiment(
  JSON.stringify({ sweep: { 'pruning.criterion': ['l1', 'l2'], 'training.epochs': [10, 20] } }),
  'net',
).experiment!;
const forecast: RunForecast = { epochs: 10, images: 45_000, seconds: 90, measuredBy: 'the run one', bytes: 8_200_000 };
const unmeasured: RunForecast = { ...forecast, seconds: null, measuredBy: null };

test('a row tells what differs, and what the run takes', () => {
  const { columns, rows } = previewTable(runs, [forecast, forecast, unmeasured, forecast]);
  expect(columns.map(({ title }) => title)).toEqual(['run', 'pruning.criterion', 'epochs', 'images', 'time', 'disk']);
  expect(rows[0]).toEqual(['net-l1-epochs10', 'l1', '10', '45,000', '1:30', '8.2 MB']);
  expect(rows[2]![4]).toBe('–');
});

test('sums are called estimates, with what they go by', () => {
  expect(previewSummary([forecast, forecast, unmeasured])).toEqual([
    'Estimated time, one after another: 3:00, and 1 run of which nothing was measured.',
    'It goes by the run one.',
    'Estimated disk: 24.6 MB.',
  ]);
  expect(previewSummary([forecast, forecast], { runsAtOnce: 2, gain: 2 })[1]).toMatch(
    /^In the queue, 2 at once as it was measured here: /,
  );
  expect(previewSummary([unmeasured])[0]).toMatch(/^How long is not known/);
});

test('of many runs the first ones are shown', () => {
  const many = Array.from({ length: 60 }, () => runs[0]);
  const forecasts = many.map(() => forecast);
  expect(previewTable(many, forecasts).rows).toHaveLength(40);
  expect(previewSummary(forecasts)[0]).toBe('… and 20 more runs');
});

test('sizes are in millions of bytes, and in thousands of those', () => {
  expect(size(1_250_000)).toBe('1.3 MB');
  expect(size(3_210_000_000)).toBe('3.2 GB');
});
