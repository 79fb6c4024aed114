import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');
const files = ['.', 'docs', 'docs/study', 'examples'].flatMap((folder) =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** Lines of prose with their numbers; code, and tables, whose rows can't be wrapped, are left out. */
function prose(text: string): [number: number, line: string][] {
  let isCode = false;
  let before = '';
  const lines: [number, string][] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const isFence = /^\s*```/.test(line);
    if (isFence) isCode = !isCode;
    const isIndented = line.startsWith('    ') && (before === '' || before === 'code');
    if (!isCode && !isFence && !isIndented && !line.startsWith('|')) lines.push([index + 1, line]);
    before = isIndented ? 'code' : line;
  }
  return lines;
}

it('prose of the documents is wrapped at 100 characters', () => {
  const long = files.flatMap((file) =>
    prose(readFileSync(join(repository, file), 'utf8'))
      .filter(([, line]) => line.length > 100)
      .map(([number]) => `${file}:${number}`),
  );
  expect(files.length).toBeGreaterThan(10);
  expect(long).toEqual([]);
});

it('no document has marks of two texts that were put together', () => {
  const marks = /<{7}|>{7}|={7}/;
  const marked = files.filter((file) => marks.test(readFileSync(join(repository, file), 'utf8')));
  expect(marked).toEqual([]);
});
