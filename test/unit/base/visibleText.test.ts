import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleLines, visibleText } from '../../../src/base/visibleText';

test.each([
  ['resnet20-l1 ± 0.5 % – ✓ 日本 😀 👩‍👩‍👧 é', 'resnet20-l1 ± 0.5 % – ✓ 日本 😀 👩‍👩‍👧 é'],
  ['\u001b]52;c;eA==\u0007', String.raw`\u001b]52;c;eA==\u0007`],
  ['\u001b]0;title\u001b\\', String.raw`\u001b]0;title\u001b` + '\\'],
  ['\u001b[2J\u009b2J\u007f\u0000', String.raw`\u001b[2J\u009b2J\u007f\u0000`],
  ['one\ntwo\r\tthree', String.raw`one\ntwo\r\tthree`],
  ['abc\u202egpj.exe\u2066x\u200f', String.raw`abc\u202egpj.exe\u2066x\u200f`],
  ['a\u2028b\u2029c\u0085d\ufeff\u200b', String.raw`a\u2028b\u2029c\u0085d\ufeff\u200b`],
  ['half a pair: \ud83d', String.raw`half a pair: \ud83d`],
])('%j is shown with everything in it to be seen', (text, visible) => {
  expect(visibleText(text)).toBe(visible);
});

test('line breaks are kept where the lines are ours', () => {
  expect(visibleLines('one\r\ntwo\u001b[2J\nthree')).toBe('one\ntwo' + String.raw`\u001b[2J` + '\nthree');
});

test('what was made visible is not changed again, and what is quoted in JSON stays the same value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visibleText(visibleText(text))).toBe(visibleText(text));
      expect(JSON.parse(visibleText(JSON.stringify(text)))).toBe(text);
    }),
    { seed: 8 },
  );
});
