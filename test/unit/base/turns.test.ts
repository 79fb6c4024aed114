import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapInTurns, Turns } from '../../../src/base/turns';

test('so many are under way at once and no more, and results are in the order of the items', async () => {
  let underWay = 0;
  let most = 0;
  const doubled = await mapInTurns([5, 1, 4, 2, 3, 0], 2, async (item) => {
    most = Math.max(most, ++underWay);
    for (let wait = 0; wait < item; wait++) await setImmediate();
    underWay -= 1;
    return 2 * item;
  });
  expect(doubled).toEqual([10, 2, 8, 4, 6, 0]);
  expect(most).toBe(2);
});

test('a failed one gives its turn to the next', async () => {
  const turns = new Turns(1);
  const failed = turns.run(() => Promise.reject(new Error('no')));
  const next = turns.run(() => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
