import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eachLine } from '../../../src/base/lines';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

async function linesOf(text: string, longest = 10): Promise<{ lines: string[]; byteLength: number }> {
  const path = join(temporaryFolder(), 'file');
  await writeFile(path, text);
  const file = await open(path);
  const lines: string[] = [];
  const byteLength = await eachLine(file, longest, (line) => lines.push(line));
  await file.close();
  return { lines, byteLength };
}

test('gives every whole line, and how far they reach', async () => {
  expect(await linesOf('one\n\ntwö\nhalf')).toEqual({ lines: ['one', '', 'twö'], byteLength: 10 });
  expect(await linesOf('')).toEqual({ lines: [], byteLength: 0 });
  expect(await linesOf('half')).toEqual({ lines: [], byteLength: 0 });
});

test('leaves out lines that are too long, wherever they are', async () => {
  const long = 'x'.repeat(3_000_000);
  expect((await linesOf(`a\n${long}\nb\n`)).lines).toEqual(['a', 'b']);
  expect(await linesOf(long)).toEqual({ lines: [], byteLength: 0 });
  expect((await linesOf('0123456789\n0123456789a\n')).lines).toEqual(['0123456789']);
});

test('puts lines together that are longer than what is read at once', async () => {
  const long = `${'x'.repeat(1 << 20)}é${'y'.repeat(1 << 20)}`;
  expect((await linesOf(`a\n${long}\n${long}\n`, 1 << 22)).lines).toEqual(['a', long, long]);
});
