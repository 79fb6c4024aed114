import { expect, test } from 'vitest';
import { hard } from '../../../../src/pruning/schedules/hard';
import { story } from './story';

test('prunes when soft pruning does, only more, and holds what it has pruned', () => {
  expect(story(hard, { epochs: 3, everyEpochs: 2 })).toBe('1! | 1! | - | 1!');
});
