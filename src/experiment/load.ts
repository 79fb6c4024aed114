import { createReadStream } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../base/errors';
import { errorCode } from '../base/fileProblem';
import { mostCharacters } from '../config/bounds';
import type { Hint } from './hints';
import { readExperimentIn } from './read';
import type { Experiment } from './resolve';

/** What an experiment is called whose config gives no name: its file's, without the endings. */
export function nameFromFile(file: string): string {
  return basename(file).replace(/(\.sfp)?\.jsonc?$/, '');
}

/**
 * Reads the experiment of a config file. Throws a UserError when it can't be read, or with a line
 * `file:line:column: message` for everything that is wrong with it.
 */
export async function loadExperiment(file: string): Promise<Experiment> {
  return (await loadExperimentWithHints(file)).experiment;
}

/** An experiment as `loadExperiment` reads it, with what is proposed for its config. */
export async function loadExperimentWithHints(
  file: string,
): Promise<{ readonly experiment: Experiment; readonly hints: readonly Hint[] }> {
  const text = await beginningOf(file).catch((error: unknown) => {
    throw new UserError(unreadable(file, error), { file, cause: error });
  });
  const folder = dirname(resolve(file));
  const { experiment, problems, hints } = await readExperimentIn(
    folder,
    text.replace(/^\uFEFF/, ''),
    nameFromFile(file),
  );
  if (experiment) return { experiment, hints };
  const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const { line, column } = problems[0]!;
  throw new UserError(lines.join('\n'), { file, line, column });
}

/** Of a file or a pipe so much that a text which is too long is seen to be. */
function beginningOf(file: string): Promise<string> {
  const mostBytes = 4 * mostCharacters;
  return textOf(createReadStream(file, { end: mostBytes }));
}

function unreadable(file: string, error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT') return `There is no config file ${file}; check its path.`;
  if (code === 'EISDIR') return `${file} is a folder; name a config file in it.`;
  return `The config file ${file} can’t be read; check that you may read it.`;
}
