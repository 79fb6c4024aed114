import { expect, test } from 'vitest';
import { asymptotic } from '../../../../src/pruning/schedules/asymptotic';
import { hard } from '../../../../src/pruning/schedules/hard';
import { withSettling } from '../../../../src/pruning/schedules/settling';
import { soft } from '../../../../src/pruning/schedules/soft';
import { story } from './story';

test('the last pruning comes before the epochs that settle, in which the masks are held', () => {
  expect(story(withSettling(soft, 2), { epochs: 4 })).toBe('1 ~ 1 ~ 1 | - | -');
  expect(story(withSettling(soft, 2), { epochs: 5, everyEpochs: 4 })).toBe('1 ~ 1 ~ - ~ 1 | - | -');
  expect(story(withSettling(hard, 1), { epochs: 2 })).toBe('1! | 1! | -');
});

test('a growing rate is the final one by then', () => {
  expect(story(withSettling(asymptotic, 3), { epochs: 5 })).toBe('- ~ 0.996 ~ 1 | - | - | -');
});

test('settling all the time prunes before training', () => {
  expect(story(withSettling(soft, 3), { epochs: 3 })).toBe('1 | - | - | -');
  expect(story(withSettling(asymptotic, 9), { epochs: 2 })).toBe('1 | - | -');
});

test('no epochs to settle leave a schedule as it is', () => {
  expect(withSettling(soft, 0)).toBe(soft);
});
