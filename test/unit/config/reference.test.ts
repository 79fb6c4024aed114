import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { configReference } from '../../../src/config/reference';

test('docs/config.md is what the schema says; `npm run generate:docs` brings it up to date', async () => {
  const file = 'docs/config.md';
  const expected = await format(configReference(), { ...(await resolveConfig(file)), parser: 'markdown' });
  expect(await readFile(file, 'utf8')).toBe(expected);
});
