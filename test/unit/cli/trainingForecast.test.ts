import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { forecastTraining, type KnownSpeeds } from '../../../src/cli/trainingForecast';
import type { Measurement } from '../../../src/engines/choice/measurements';
import { readExperiment } from '../../../src/experiment/read';
import type { ResolvedRun } from '../../../src/experiment/resolve';
import type { ListedRun } from '../../../src/runs/folder/list';
import type { SplitTable } from '../../../src/scheduling/queue/split';
import { plausibleRun, type PlausibleOptions } from '../../fixtures/plausibleRun';

const nothing: KnownSpeeds = { runs: [], measurements: [], tables: [] };

function runsOf(config: object): readonly ResolvedRun[] {
  return readExperiment(JSON.stringify(config), 'net').experiment!.runs;
}

/** A finished run of this machine that took 100 seconds. */
function trained(options: PlausibleOptions, change: Partial<ListedRun> = {}): ListedRun {
  const { manifest } = plausibleRun(options);
  const process = { pid: 2, host: hostname() };
  const summary = { ...manifest.summary!, seconds: 100 };
  return { ...manifest, status: 'finished', folder: '/runs/one', problem: null, process, summary, ...change };
}

function measured(imagesPerSecond: number, change: Partial<Measurement> = {}): Measurement {
  return {
    imagesPerSecond,
    slowestRound: imagesPerSecond,
    fastestRound: imagesPerSecond,
    usedByOthers: 0,
    title: 'onnxruntime on the CPU',
    network: 'resnet20',
    batchSize: 128,
    measured: '2026-01-01T00:00:00Z',
    ...change,
  };
}

/** Of `trained({})`: the same network, images and batch size. */
const like = (run: ListedRun, epochs: number) => {
  const { model, data, engine, training } = run.config;
  return {
    model: { arch: model.arch },
    data: { ...data, arrays: null, folder: null },
    engine,
    training: { batchSize: training.batchSize, epochs },
  };
};

test('epochs, images and disk are known without a measurement, and the time is not', () => {
  const [run] = runsOf({ training: { epochs: 10 }, data: { limit: 1000 }, pruning: { everyEpochs: 3 } });
  const [forecast] = forecastTraining([run!], nothing);
  expect(forecast).toMatchObject({ epochs: 10, images: 1000, seconds: null, measuredBy: null });
  // ResNet-20 has 269,722 parameters and 1,376 running statistics; 688 filters can be pruned.
  const weights = 4 * (269_722 + 1376);
  expect(forecast!.bytes).toBe(3 * (weights + 4 * 269_722) + 2 * weights + 5 * (688 * 4 + 86));
});

describe('the time', () => {
  test('is that of a finished run, for as many images', () => {
    const before = trained({ epochs: 10 });
    const [forecast] = forecastTraining(runsOf(like(before, 20)), { ...nothing, runs: [before] });
    expect(forecast!.seconds).toBeCloseTo(200, 6);
    expect(forecast!.measuredBy).toBe(`the run ${before.id}`);
  });

  test('is that of a run alone, also where the finished one shared the machine with others', () => {
    const before = trained({ epochs: 10 });
    const shared = { ...before, engine: { ...before.engine!, threads: 1 } };
    const about = { title: 'onnxruntime on the CPU', network: 'resnet20', cores: 2, measured: '2026-01-01T00:00:00Z' };
    const split = (runs: number, threads: number, imagesPerSecond: number) => ({
      runs,
      threads,
      imagesPerSecond,
      peakBytes: 1,
    });
    const { batchSize } = before.config.training;
    const table: SplitTable = { ...about, batchSize, splits: [split(1, 2, 600), split(2, 1, 800)] };
    const secondsBy = (run: ListedRun, tables: readonly SplitTable[]) =>
      forecastTraining(runsOf(like(before, 20)), { ...nothing, runs: [run], tables })[0]!.seconds;
    // Each of the two had 400 images a second; alone it would have 600.
    expect(secondsBy(shared, [table])).toBeCloseTo((200 * 400) / 600, 6);
    expect(secondsBy({ ...before, engine: { ...before.engine!, threads: 2 } }, [table])).toBeCloseTo(200, 6);
    expect(secondsBy(shared, [])).toBeCloseTo(200, 6);
    expect(secondsBy(shared, [{ ...table, batchSize: 7 }])).toBeCloseTo(200, 6);
  });

  test('is not that of another machine, network or batch size, nor of a run that went on', () => {
    const before = trained({ epochs: 10 });
    const secondsBy = (run: ListedRun, config: object = like(before, 20)) =>
      forecastTraining(runsOf(config), { ...nothing, runs: [run] })[0]!.seconds;
    expect(secondsBy(before)).not.toBeNull();
    expect(secondsBy({ ...before, process: { pid: 2, host: 'elsewhere' } })).toBeNull();
    expect(secondsBy({ ...before, resumed: before.created })).toBeNull();
    expect(secondsBy({ ...before, status: 'stopped' })).toBeNull();
    expect(secondsBy({ ...before, baseline: { of: 'other', kind: 'narrow' } })).toBeNull();
    expect(secondsBy(before, { ...like(before, 20), model: { arch: 'resnet32' } })).toBeNull();
    expect(secondsBy(before, { ...like(before, 20), training: { batchSize: 32 } })).toBeNull();
  });

  test('of a run whose config cannot be is none', () => {
    const before = trained({ epochs: 10 });
    const data = { ...before.config.data, validation: 10 ** 6 };
    const known = { ...nothing, runs: [{ ...before, config: { ...before.config, data } }] };
    expect(forecastTraining(runsOf(like(before, 20)), known)[0]!.seconds).toBeNull();
  });

  test('goes by what "auto" measured, where nothing was trained', () => {
    const config = { data: { limit: 1000, validation: 1500 }, training: { epochs: 2 } };
    const measurements = [
      measured(100),
      measured(500, { title: 'tensorflow on the CPU' }),
      measured(9000, { batchSize: 64 }),
      measured(9000, { network: 'resnet56' }),
    ];
    const secondsOf = (more: object) =>
      forecastTraining(runsOf({ ...config, ...more }), { ...nothing, measurements })[0]!.seconds;
    // 1000 images of validation, twice, as a third of a step each.
    const images = 2 * (1000 + (2 * 1000) / 3);
    expect(secondsOf({})).toBeCloseTo(images / 500, 6);
    expect(secondsOf({ engine: { name: 'onnxruntime' } })).toBeCloseTo(images / 100, 6);
    expect(secondsOf({ engine: { device: 'gpu' } })).toBeNull();
  });
});

test('a thousand runs are forecast in a moment', () => {
  const runs = runsOf({ sweep: { 'pruning.rate': { from: 0, to: 0.5, count: 100 }, repeats: 10 } });
  expect(forecastTraining(runs, { ...nothing, measurements: [measured(100)] })).toHaveLength(1000);
});
