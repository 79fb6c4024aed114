import { createScanner } from 'jsonc-parser';

/** What is larger is no config: reading it would only stop an editor. */
export const mostCharacters = 1_000_000;

/** Objects and lists inside each other. A config needs five. */
export const mostLevels = 64;

/** Where a text of JSON with comments is nested deeper than `mostLevels`; null when it is not. Recursion could not find out. */
export function tooDeepAt(text: string): number | null {
  const scanner = createScanner(text, true);
  const awaited: string[] = [];
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (offset >= text.length) return null;
    // A bracket in a text or a comment does not begin a token.
    const beginning = text[offset]!;
    const closing = closings[beginning];
    if (closing !== undefined && awaited.push(closing) > mostLevels) return offset;
    // A wrong bracket closes nothing, as for the parser, which is never deeper than this.
    if (beginning === awaited.at(-1)) awaited.pop();
  }
}

const closings: Readonly<Record<string, string>> = { '{': '}', '[': ']' };
