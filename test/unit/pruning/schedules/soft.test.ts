import { expect, test } from 'vitest';
import { soft } from '../../../../src/pruning/schedules/soft';
import { story } from './story';

test('prunes before training, after every so many epochs and after the last, and holds nothing', () => {
  expect(story(soft, { epochs: 4 })).toBe('1 ~ 1 ~ 1 ~ 1 ~ 1');
  expect(story(soft, { epochs: 6, everyEpochs: 2 })).toBe('1 ~ 1 ~ - ~ 1 ~ - ~ 1 ~ 1');
  expect(story(soft, { epochs: 3, everyEpochs: 10 })).toBe('1 ~ 1 ~ - ~ 1');
  expect(story(soft, { epochs: 2, pruneUntrained: false })).toBe('- ~ 1 ~ 1');
});
