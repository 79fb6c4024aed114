import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');

it('a unit test stands where its source stands, and is named after it', () => {
  const tests = readdirSync(join(repository, 'test', 'unit'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.test.ts'.length));
  expect(tests.length).toBeGreaterThan(100);
  const isSource = (name: string): boolean =>
    ['.ts', '/index.ts'].some((end) => existsSync(join(repository, 'src', `${name}${end}`)));
  expect(tests.filter((name) => !isSource(name))).toEqual([]);
});
