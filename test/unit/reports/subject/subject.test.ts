import { expect, test } from 'vitest';
import { representativeOf, subjectOf } from '../../../../src/reports/subject/subject';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const run = (criterion: 'l1' | 'l2', seed: number, state: 'finished' | 'stopped' = 'finished') =>
  plausibleRun({ criterion, seed, state, epochs: 4, name: `${criterion}-${seed}` }).history;

test('settings are runs that differ by the seed alone; what has not finished is in no mean', () => {
  const { settings, judgedBy } = subjectOf([run('l1', 1, 'stopped'), run('l2', 1), run('l1', 2), run('l1', 3)]);
  const [l1, l2] = ['L1', 'L2'].map((label) => settings.find((setting) => setting.label === label)!);
  expect([l1!.runs.length, l1!.finished.length, l2!.runs.length]).toEqual([3, 2, 1]);
  expect(l1!.statistics.test!.count).toBe(2);
  expect(judgedBy).toBe('test');
});

test('the run that stands for its setting has finished, and has masks', () => {
  const damaged = { ...run('l1', 2), prunings: [] };
  const [setting] = subjectOf([run('l1', 1, 'stopped'), damaged, run('l1', 3)]).settings;
  expect(representativeOf(setting!)!.manifest.config.training.seed).toBe(3);
  expect(representativeOf(subjectOf([damaged]).settings[0]!)).toBeNull();
});

test('baselines are called by their kind, and settings that differ in nothing that can be said by their name', () => {
  const of = run('l1', 1).manifest.id;
  const dense = plausibleRun({ rate: 0, epochs: 4, name: 'net-dense', baseline: { of, kind: 'dense' } }).history;
  expect(
    subjectOf([run('l1', 1), dense])
      .settings.map(({ label }) => label)
      .sort(),
  ).toEqual(['dense', 'l1-1']);
});

test('seeds are in their order, whichever run was made first', () => {
  const at = (seed: number, created: string) => {
    const history = run('l1', seed);
    return { ...history, manifest: { ...history.manifest, created } };
  };
  const late = [at(1, '2026-05-03T00:00:00Z'), at(10, '2026-05-02T00:00:00Z'), at(2, '2026-05-01T00:00:00Z')];
  expect(subjectOf(late).runs.map(({ history }) => history.manifest.config.training.seed)).toEqual([1, 2, 10]);
});
