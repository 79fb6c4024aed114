import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bashWord } from '../../../../src/scheduling/slurm/bashWord';
import { trickyText } from '../../../fixtures/trickyText';

describe('bashWord', () => {
  it('makes one word of any text that can be seen, which bash reads as it was', () => {
    fc.assert(
      fc.property(fc.array(trickyText, { minLength: 1, maxLength: 20 }), (texts) => {
        const words = texts.map((text) => bashWord(text, 'A text'));
        const script = `printf '%s\\0' ${words.join(' ')}`;
        const read = execFileSync('bash', ['-c', script]).toString('utf8').split('\0').slice(0, -1);
        expect(read).toEqual(texts);
      }),
      { numRuns: 25 },
    );
  });

  it.each(['a\nb', 'a\rb', '\u001b[2J', '\u0000', '\u202etxt', '\ud800'])(
    'refuses %j, which nobody would see',
    (text) => {
      expect(() => bashWord(text, 'The account')).toThrow(/^The account has a character in it that cannot be seen/);
    },
  );
});
