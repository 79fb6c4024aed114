import { parseTree } from 'jsonc-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostLevels, tooDeepAt } from '../../../src/config/bounds';

describe('how deep a text is nested', () => {
  test('is told where it is too deep, and not where it is just deep enough', () => {
    const deep = '['.repeat(mostLevels);
    expect(tooDeepAt(deep + ']'.repeat(mostLevels))).toBeNull();
    expect(tooDeepAt(`${deep}[`)).toBe(mostLevels);
    expect(tooDeepAt('{"a":'.repeat(mostLevels + 1))).toBe(5 * mostLevels);
  });

  test('does not count brackets in texts and comments, nor those beside each other', () => {
    const brackets = '['.repeat(mostLevels + 1);
    expect(tooDeepAt(`{"a": "${brackets}", // ${brackets}\n"b": /* ${brackets} */ 1}`)).toBeNull();
    expect(tooDeepAt(`[${'[],'.repeat(mostLevels + 1)}]`)).toBeNull();
  });

  test('is never less than what the parser goes into, whatever brackets are wrong', () => {
    const pieces = fc.array(fc.constantFrom('[', ']', '{', '}', '"a":', ',', '1', '"', '/*', '\n'), { maxLength: 400 });
    const depthOf = (node: ReturnType<typeof parseTree>): number =>
      node === undefined ? 0 : 1 + Math.max(0, ...(node.children ?? []).map(depthOf));
    fc.assert(
      fc.property(pieces, (text) => {
        // Properties are nodes too.
        const depth = depthOf(parseTree(text.join(''), [], { allowTrailingComma: true }));
        expect(depth > 2 * mostLevels + 1 && tooDeepAt(text.join('')) === null).toBe(false);
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});
