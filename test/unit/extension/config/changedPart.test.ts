import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedPart } from '../../../../src/extension/config/changedPart';

test('only what differs is replaced', () => {
  expect(changedPart('{ "rate": 0.3 }', '{ "rate": 0.45 }')).toEqual({ from: 12, to: 13, text: '45' });
  expect(changedPart('ab', 'ab')).toEqual({ from: 2, to: 2, text: '' });
  expect(changedPart('aa', 'aaa')).toEqual({ from: 2, to: 2, text: 'a' });
});

test('the replacement makes one text the other', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { from, to, text: part } = changedPart(before, after);
      expect(from).toBeLessThanOrEqual(to);
      expect(before.slice(0, from) + part + before.slice(to)).toBe(after);
    }),
  );
});
