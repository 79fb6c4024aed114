import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { UserError } from '../../base/errors';
import { errorCode } from '../../base/fileProblem';
import { lookAt, readRegular } from '../../base/regularFile';
import { ConfigDocument, type Finding, type Problem } from '../../config/document';
import { inWords, suggestion } from '../../config/valueSentences';
import { profileSchema, type Profile } from './profile';
import { profileEnding } from './profileEnding';

const mostBytes = 1_000_000;

/**
 * The file of a profile: its path, or the name before `.slurm.json` of one in `folder` or a folder above it. Throws a UserError
 * when there is none.
 */
export async function findProfile(given: string, folder: string): Promise<string> {
  if (given.includes('/') || given.includes('\\') || given.endsWith('.json')) return resolve(given);
  for (let place = resolve(folder); ; place = dirname(place)) {
    const file = join(place, given + profileEnding);
    if ((await lookAt(file).catch(() => null)) !== null) return file;
    if (dirname(place) === place) break;
  }
  throw new UserError(
    `There is no profile "${given}": neither in ${resolve(folder)} nor in a folder above it is a file ${given}${profileEnding}.`,
  );
}

/** Reads a profile, JSON with comments. Throws a UserError with a line `file:line:column: message` for all that is wrong with it. */
export async function readProfile(file: string): Promise<Profile> {
  const { profile, problems } = parseProfile(await textOf(file));
  if (profile !== null) return profile;
  const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const { line, column } = problems[0]!;
  throw new UserError(lines.join('\n'), { file, line, column });
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readRegular(file, mostBytes, 'a profile has some lines')).toString('utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new UserError(`There is no profile ${file}; check its path.`, { file });
    throw error;
  }
}

/** A profile from its text, or what is wrong with it, in the order of the text. */
export function parseProfile(
  text: string,
):
  | ({ readonly profile: Profile } & { readonly problems: readonly Problem[] })
  | { readonly profile: null; readonly problems: readonly Problem[] } {
  const document = ConfigDocument.parse(text);
  if (!(document instanceof ConfigDocument)) return { profile: null, problems: [document] };
  const { data, error } = profileSchema.safeParse(document.value);
  const findings = [...document.wrongKeys(), ...(error?.issues ?? []).flatMap((issue) => findingsOf(document, issue))];
  return data !== undefined && findings.length === 0
    ? { profile: data, problems: [] }
    : { profile: null, problems: document.problems(findings) };
}

function findingsOf(document: ConfigDocument, issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      document.keyFinding(
        [...path, key],
        () => `Unknown setting "${[...path, key].join('.')}"; ${suggestion(key, knownKeys(path))}`,
      ),
    );
  if (issue.code === 'invalid_key')
    return [
      document.keyFinding(path, `The key "${String(path.at(-1))}" ${issue.issues[0]?.message ?? 'is not allowed'}.`),
    ];
  const name = path.length === 0 ? 'The profile' : `"${path.join('.')}"`;
  const value = document.valueAt(path);
  const is = value === undefined ? 'missing' : inWords(value);
  const kind = /^Invalid input: expected (\S+), received/.exec(issue.message)?.[1];
  const must =
    kind !== undefined
      ? `it must be ${kinds[kind] ?? kind}`
      : issue.message.startsWith('must')
        ? `it ${issue.message}`
        : issue.message;
  return [document.valueFinding(path, `${name} is ${is}; ${must}.`)];
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function knownKeys([first]: readonly (string | number)[]): string[] {
  const { container, ...others } = profileSchema.shape;
  return Object.keys(first === 'container' ? container.unwrap().shape : { ...others, container });
}
