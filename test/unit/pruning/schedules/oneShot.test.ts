import { expect, test } from 'vitest';
import { oneShot } from '../../../../src/pruning/schedules/oneShot';
import { story } from './story';

test('prunes once and holds from then on', () => {
  expect(story(oneShot, { epochs: 3 })).toBe('1 | - | - | -');
  expect(story(oneShot, { epochs: 3, pruneAfterEpochs: 2 })).toBe('- ~ - ~ 1 | -');
});

test('prunes at the end at the latest', () => {
  expect(story(oneShot, { epochs: 2, pruneAfterEpochs: 9 })).toBe('- ~ - ~ 1');
});
