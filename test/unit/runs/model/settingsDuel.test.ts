import { describe, expect, test } from 'vitest';
import type { RunHistory } from '../../../../src/runs/model/history';
import { settingsDuels } from '../../../../src/runs/model/settingsDuel';
import { plausibleRun, type PlausibleOptions } from '../../../fixtures/plausibleRun';

const run = (options: PlausibleOptions): RunHistory =>
  plausibleRun({ state: 'finished', epochs: 2, ...options, name: JSON.stringify(options) }).history;
const runs = (seeds: readonly number[], options: PlausibleOptions): RunHistory[] =>
  seeds.map((seed) => run({ ...options, seed }));
const accuracy = ({ manifest }: RunHistory): number => manifest.summary!.test!.accuracy;

describe('settings that differ by one thing', () => {
  const l1 = runs([1, 2, 3], { criterion: 'l1' });
  const l2 = runs([3, 2, 1, 4], { criterion: 'l2' });

  test('are compared seed by seed, whatever the order of their runs', () => {
    const [duel, ...others] = settingsDuels([...l1, ...l2]);
    expect(others).toEqual([]);
    expect(duel).toMatchObject({ path: 'pruning.criterion', words: ['L1', 'L2'], judgedBy: 'test' });
    expect(duel!.pairs).toEqual([1, 2, 3].map((seed) => [l1[seed - 1]!, l2[3 - seed]!].map((of) => of.manifest.id)));
    const differences = [1, 2, 3].map((seed) => accuracy(l2[3 - seed]!) - accuracy(l1[seed - 1]!));
    expect(duel!.result.difference.mean).toBeCloseTo(differences.reduce((sum, value) => sum + value, 0) / 3, 12);
  });

  test('are not compared where two things differ', () => {
    const others = runs([1, 2], { criterion: 'l2', rate: 0.5 });
    expect(settingsDuels([...l1, ...others])).toEqual([]);
    const paths = settingsDuels([...l1, ...l2, ...others]).map(({ path, words }) => [path, ...words]);
    expect(paths).toEqual([
      ['pruning.criterion', 'L1, rate 0.3', 'L2, rate 0.3'],
      ['pruning.rate', 'L2, rate 0.3', 'L2, rate 0.5'],
    ]);
  });

  test('are compared with the dense network whatever it would prune by, and only where the rest is the same', () => {
    const dense = runs([1, 2], { criterion: 'l2', rate: 0, schedule: 'soft' });
    const hard = runs([1, 2], { criterion: 'l1', schedule: 'hard' });
    expect(settingsDuels([...dense, ...hard]).map(({ path, words }) => [path, ...words])).toEqual([
      ['pruning.rate', 'dense', 'L1, rate 0.3, hard'],
    ]);
    expect(settingsDuels([...dense, ...runs([1, 2], { criterion: 'l1', epochs: 7 })])).toEqual([]);
    // Both are the same network.
    expect(settingsDuels([...dense, ...runs([1, 2], { criterion: 'l1', rate: 0 })])).toEqual([]);
  });

  test('need finished runs of the same seed', () => {
    const running = run({ criterion: 'l2', seed: 1, state: 'training', epochs: 4 });
    expect(settingsDuels([...l1, running])).toEqual([]);
    expect(settingsDuels([...l1, run({ criterion: 'l2', seed: 9 })])).toEqual([]);
  });

  test('count a seed once that was trained twice', () => {
    const again = { ...l1[0]!, manifest: { ...l1[0]!.manifest, id: 'again' } };
    expect(settingsDuels([...l1, again, ...l2])[0]!.pairs).toHaveLength(3);
  });
});

test('a baseline differs by being one, whatever follows from that', () => {
  const pruned = runs([1, 2], { criterion: 'l1' });
  const dense = [1, 2].map((seed) =>
    run({ criterion: 'l1', seed, rate: 0, baseline: { of: pruned[seed - 1]!.manifest.id, kind: 'dense' } }),
  );
  const [duel, ...others] = settingsDuels([...pruned, ...dense]);
  expect(others).toEqual([]);
  expect(duel).toMatchObject({ path: 'baseline', words: ['pruned, rate 0.3', 'dense'] });
});
