import { expect, test } from 'vitest';
import { settingsInWords } from '../../../../src/runs/model/settingsInWords';
import { plausibleRun, type PlausibleOptions } from '../../../fixtures/plausibleRun';

const run = (options: PlausibleOptions) => plausibleRun({ epochs: 2, ...options }).history;
const words = (...options: PlausibleOptions[]) => settingsInWords(options.map(run));

test('runs are told apart by their settings as people write them, the seed at the end', () => {
  expect(words({ criterion: 'l1', seed: 1 }, { criterion: 'random', seed: 2 })).toEqual([
    'L1, seed 1',
    'random, seed 2',
  ]);
  expect(words({ criterion: 'bn-scale', schedule: 'soft' }, { criterion: 'fpgm', schedule: 'hard' })).toEqual([
    'BN scale, soft',
    'FPGM, hard',
  ]);
});

test('runs that prune nothing are dense beside others, and the others need not say that they are not', () => {
  expect(
    words({ criterion: 'l1', seed: 1 }, { criterion: 'l2', seed: 1 }, { criterion: 'l2', rate: 0, seed: 2 }),
  ).toEqual(['L1, seed 1', 'L2, seed 1', 'dense, seed 2']);
});

test('where pruned runs all prune alike, the rate tells them from the dense ones', () => {
  expect(words({ rate: 0.3 }, { rate: 0 })).toEqual(['rate 0.3', 'dense']);
});

test('runs that all prune nothing are told apart by whatever differs', () => {
  expect(words({ rate: 0, criterion: 'l1' }, { rate: 0, criterion: 'l2' })).toEqual(['L1', 'L2']);
  expect(words({ rate: 0, criterion: 'l1' }, { rate: 0, criterion: 'l2' }, { rate: 0.3, criterion: 'l2' })).toEqual([
    'dense, L1',
    'dense, L2',
    'L2, rate 0.3',
  ]);
});

test('what nearly all runs have is left out where the rest tells enough, and told where it does not', () => {
  const seeds = [1, 2, 3, 4].map((seed): PlausibleOptions => ({ criterion: 'l1', seed, everyEpochs: 1 }));
  const odd: PlausibleOptions = { criterion: 'l1', seed: 1, everyEpochs: 2 };
  expect(words(...seeds, odd).slice(-2)).toEqual(['seed 4', 'everyEpochs 2, seed 1']);
  // Three of four are not nearly all.
  expect(words(...seeds.slice(0, 3), odd)[0]).toBe('everyEpochs 1, seed 1');
  // Without it these would have no words at all.
  const same = [1, 2, 3, 4].map((): PlausibleOptions => ({ everyEpochs: 1 }));
  expect(words(...same, { everyEpochs: 2 }).slice(-2)).toEqual(['everyEpochs 1', 'everyEpochs 2']);
});

test('a rate is told however many have it', () => {
  const usual = [1, 2, 3, 4].map((seed): PlausibleOptions => ({ rate: 0.3, seed }));
  expect(words(...usual, { rate: 0.5, seed: 1 }).slice(-2)).toEqual(['rate 0.3, seed 4', 'rate 0.5, seed 1']);
});
