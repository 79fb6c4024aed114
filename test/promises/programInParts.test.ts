import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleInParts } from '../../scripts/bundleInParts.mjs';
import { nodeBundle } from '../../scripts/nodeBundle.mjs';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const textOf = (folder: string): string =>
  readdirSync(folder)
    .filter((file) => file.startsWith('program.'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('');

test('a program in parts runs, and is as small or as readable as its options say', async () => {
  const sources = temporaryFolder();
  writeFileSync(path.join(sources, 'part.ts'), 'export const longNameOfAValue = (given: number) => given + 1;');
  writeFileSync(
    path.join(sources, 'entry.ts'),
    "export const answer = async () => { const { longNameOfAValue } = await import('./part'); const localName = 41; return longNameOfAValue(localName); };",
  );
  const made = async (options: object): Promise<string> => {
    const folder = temporaryFolder();
    await bundleInParts({ ...nodeBundle, ...options }, 'program', path.join(sources, 'entry.ts'), folder);
    const program = createRequire(import.meta.url)(path.join(folder, 'program.js')) as { answer(): Promise<number> };
    expect(await program.answer()).toBe(42);
    return textOf(folder);
  };
  const [plain, small] = [await made({}), await made({ minify: true })];
  expect(plain).toContain('const localName = 41;');
  expect(small).not.toContain('localName');
  expect(small.length).toBeLessThan(plain.length);
});
