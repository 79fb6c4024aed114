import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { readCertificate } from '../../runs/folder/compactFolder';
import { referenceOf, referenceSchema, requirementsOf, type Reference } from '../../runs/model/requirements';
import { shortPath } from '../paths';
import { exitCode, UsageError } from '../problems';
import { findRun, runsFolderOf } from '../runFolders';
import { colours, print, printJson } from '../terminal';
import { writeOutputs } from '../writeOutputs';

/** A reference has four short lines. */
const mostBytes = 10_000;

export interface CheckOptions {
  readonly against?: string;
  readonly drop: string;
  readonly slower: string;
  readonly write?: string;
  readonly runs?: string;
  readonly json?: boolean;
}

/**
 * `sfp check`: whether a finished run is as good as it has to be, for continuous integration; the exit code is that of a failure where
 * it is not.
 */
export async function check(run: string, options: CheckOptions): Promise<number> {
  const [drop, slower] = [amount(options.drop, '--drop'), amount(options.slower, '--slower')];
  const reference = options.against === undefined ? null : await readReference(options.against);
  const certificate = await readCertificate(await findRun(run, await runsFolderOf(options.runs)));
  if (certificate === null)
    throw new UserError(`${run} has no compact network yet; \`sfp compact\` makes it of a run that is trained.`);
  const requirements = requirementsOf(certificate, { reference, drop, slower });
  const met = requirements.every((requirement) => requirement.met);
  if (options.json) printJson({ met, requirements, reference: referenceOf(certificate) });
  else {
    const { green, red } = colours(process.stdout);
    for (const { met: isMet, sentence } of requirements)
      print(`${isMet ? green('ok    ') : red('failed')}  ${sentence}`);
  }
  if (options.write !== undefined && met) {
    const bytes = new TextEncoder().encode(`${JSON.stringify(referenceOf(certificate), null, 2)}\n`);
    await writeOutputs({ files: [{ path: options.write, bytes }] }, { force: true });
    if (!options.json) print(`${shortPath(options.write)}: what later runs are judged by.`);
  }
  return met ? exitCode.done : exitCode.failed;
}

function amount(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new UsageError(`${option} is "${text}"; it must be a number of at least 0.`);
  return value;
}

async function readReference(file: string): Promise<Reference> {
  const text = await onFile(file, async () => ((await stat(file)).size > mostBytes ? '' : readFile(file, 'utf8')));
  const parsed = referenceSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file} is no file that \`sfp check --write\` has made.`, { file });
}
