import type * as vscode from 'vscode';
import { expect, test, vi } from 'vitest';

vi.doMock('vscode', () => ({
  Range: class {
    constructor(
      readonly start: unknown,
      readonly end: unknown,
    ) {}
  },
}));
const { offsetRange } = await import('../../../src/extension/offsetRange');

test('a range goes from the position of one offset to that of the other', () => {
  const text = 'one\ntwo';
  const positionAt = (offset: number) => {
    const lines = text.slice(0, offset).split('\n');
    return { line: lines.length - 1, character: lines.at(-1)!.length };
  };
  const range = offsetRange({ positionAt } as unknown as vscode.TextDocument, 2, 5);
  expect(range).toEqual({ start: { line: 0, character: 2 }, end: { line: 1, character: 1 } });
});
