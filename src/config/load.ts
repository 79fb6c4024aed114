import { readFile } from 'node:fs/promises';
import { UserError } from '../errors';
import { parseConfig } from './parse';
import type { Config } from './schema';

/**
 * Reads a config file. Throws a UserError when it can't be read, or with a line `file:line:column: message` for everything
 * that is wrong with it.
 */
export async function loadConfig(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`The config ${file} can’t be read; check that it is there and that you may read it.`, {
      file,
      cause: error,
    });
  });
  const { config, problems } = parseConfig(text.replace(/^\uFEFF/, ''));
  if (config) return config;
  const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const { line, column } = problems[0]!;
  throw new UserError(lines.join('\n'), { file, line, column });
}
