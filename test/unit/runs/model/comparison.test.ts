import { describe, expect, test } from 'vitest';
import type { PruningRecord } from '../../../../src/runs/model/format';
import { differingSettings, maskOverlap, seedGroups, summaryRows } from '../../../../src/runs/model/comparison';
import { emptyHistory, type RunHistory } from '../../../../src/runs/model/history';
import { statistic } from '../../../../src/statistics/sample';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const run = (...options: Parameters<typeof plausibleRun>) => plausibleRun(...options).history;
const finished = { state: 'finished', epochs: 6 } as const;
const [l1, l2] = [run({ ...finished, criterion: 'l1' }), run({ ...finished, criterion: 'l2' })];

const record = (...masks: [name: string, mask: number[]][]): PruningRecord => ({
  epoch: 0,
  layers: masks.map(([name, mask]) => ({ name, scores: new Float32Array(mask.length), mask: Uint8Array.from(mask) })),
});

test('differing settings name what tells runs apart', () => {
  expect(differingSettings([l1, l2])).toEqual([{ path: 'pruning.criterion', values: ['l1', 'l2'] }]);
  expect(differingSettings([l1])).toEqual([]);
});

describe('baselines', () => {
  const of = l1.manifest.id;
  const dense = run({ ...finished, criterion: 'l1', rate: 0, baseline: { of, kind: 'dense' } });
  const narrow = run({ ...finished, criterion: 'l1', rate: 0, baseline: { of, kind: 'narrow' } });

  test('are told apart before their settings, although those of dense and narrow are the same', () => {
    expect(differingSettings([l1, dense, narrow])).toEqual([
      { path: 'baseline', values: ['none', 'dense', 'narrow from scratch'] },
      { path: 'pruning.rate', values: [0.3, 0, 0] },
    ]);
    expect(differingSettings([narrow, narrow])).toEqual([]);
  });

  test('of another network are no seeds of one experiment', () => {
    const other = run({ ...finished, criterion: 'l1', rate: 0, seed: 2 });
    expect(seedGroups([dense, narrow])).toEqual([]);
    expect(seedGroups([dense, narrow, other]).map(({ ids }) => ids)).toEqual([
      [dense, other].map((it) => it.manifest.id),
    ]);
  });
});

describe('the overlap of two prunings', () => {
  test('counts the filters pruned in both, and in one only', () => {
    const a = record(['one', [0, 0, 0, 1, 1]], ['two', [1, 1]]);
    const b = record(['one', [0, 0, 1, 0, 1]], ['two', [1, 1]]);
    expect(maskOverlap(a, b)).toEqual([
      { name: 'one', same: 2, onlyA: 1, onlyB: 1, jaccard: 0.5 },
      { name: 'two', same: 0, onlyA: 0, onlyB: 0, jaccard: 1 },
    ]);
  });

  test('leaves out layers that are not alike in both', () => {
    const a = record(['one', [0, 1]], ['two', [0, 1]], ['three', [0]]);
    expect(maskOverlap(a, record(['one', [0, 1, 1]], ['two', [0, 1]]))).toHaveLength(1);
    expect(maskOverlap(a, { epoch: -1, layers: [] })).toEqual([]);
  });
});

describe('summary rows', () => {
  test('tell the newest numbers', () => {
    const [row, other] = summaryRows([l1, l2]);
    const lastEpoch = l1.epochs.at(-1)!;
    const counts = l1.prunings.at(-1)!.event.multiplyAdds;
    expect(row).toEqual({
      id: l1.manifest.id,
      name: l1.manifest.name,
      compactEqual: null,
      status: 'finished',
      epochs: 6,
      before: lastEpoch.before?.accuracy,
      after: lastEpoch.after?.accuracy,
      test: l1.manifest.summary?.test?.accuracy,
      reductionPaper: 1 - counts.paper / counts.dense,
      reductionExact: 1 - counts.exact / counts.dense,
      imagesPerSecond: expect.any(Number) as number,
      overlap: null,
      compactAccuracy: null,
      timeSaved64: null,
      timeSaved1: null,
    });
    const pairs = maskOverlap(l1.prunings.at(-1)!.record!, l2.prunings.at(-1)!.record!);
    const sum = (key: 'same' | 'onlyA' | 'onlyB') => pairs.reduce((total, layer) => total + layer[key], 0);
    expect(other?.overlap).toBeCloseTo(sum('same') / (sum('same') + sum('onlyA') + sum('onlyB')), 12);
  });

  test('know nothing yet of a run that was just made', () => {
    const fresh = emptyHistory(l1.manifest, 'created');
    const nothing = { ...fresh, manifest: { ...fresh.manifest, summary: null } };
    expect(summaryRows([nothing])[0]).toMatchObject({
      epochs: 0,
      before: null,
      after: null,
      test: null,
      reductionPaper: null,
      reductionExact: null,
      imagesPerSecond: null,
    });
  });

  test('tell what the compact network really saves, where there is one', () => {
    const certified = run({ ...finished, certificate: {} });
    const { accuracy, latency } = certified.certificate!;
    const [of1, of64] = [1, 64].map((batch) => {
      const { masked, compact } = latency!.measured.find((each) => each.batch === batch && each.threads === 8)!;
      return 1 - compact.median / masked.median;
    });
    expect(summaryRows([certified])[0]).toMatchObject({
      compactAccuracy: accuracy.compact,
      timeSaved64: of64,
      timeSaved1: of1,
    });
    const unmeasured = run({ ...finished, certificate: { measured: false } });
    expect(summaryRows([unmeasured])[0]).toMatchObject({ compactAccuracy: accuracy.compact, timeSaved64: null });
  });

  test('compare no masks of different networks', () => {
    const larger = run({ ...finished, arch: 'resnet32' });
    expect(summaryRows([l1, larger])[1]?.overlap).toBeNull();
  });
});

describe('a damaged record of the newest pruning', () => {
  const damaged = run({ ...finished, criterion: 'l2', damaged: [6] });

  test('leaves all numbers but the overlap', () => {
    expect(damaged.prunings.at(-1)).toMatchObject({ event: { epoch: 5 }, record: null });
    const [, whole] = summaryRows([l1, l2]);
    expect(summaryRows([l1, damaged])[1]).toEqual({ ...whole, overlap: null });
    expect(summaryRows([damaged, l1])[1]?.overlap).toBeNull();
  });
});

describe('groups by seed', () => {
  const seeds = (criterion: 'l1' | 'l2') =>
    [1, 2, 3].map((seed) => run({ ...finished, criterion, seed, name: `${seed}` }));

  test('join runs that differ by their seed alone', () => {
    const [a, b] = [seeds('l1'), seeds('l2')];
    const mixed = [a[0]!, b[0]!, a[1]!, b[1]!, a[2]!, b[2]!];
    const groups = seedGroups(mixed);
    const ids = (runs: readonly RunHistory[]) => runs.map(({ manifest }) => manifest.id);
    expect(groups.map((group) => group.ids)).toEqual([ids(a), ids(b)]);
    const tests = a.map(({ manifest }) => manifest.summary!.test!.accuracy);
    expect(groups[0]?.statistics.test).toEqual(statistic(tests));
  });

  test('leave single runs alone', () => {
    expect(seedGroups([l1, l2])).toEqual([]);
  });
});
