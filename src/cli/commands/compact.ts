import { isEqual, unequalSentence } from '../../runs/model/certificateFindings';
import { certificateRows, lossRows, verdict } from '../certificateText';
import { compactUntilStopped } from '../compacting';
import { findRun, runsFolderOf } from '../runFolders';
import { shortPath } from '../paths';
import { exitCode } from '../problems';
import { table } from '../table';
import { colours, note, print, printJson } from '../terminal';

export interface CompactOptions {
  readonly runs?: string;
  readonly json?: boolean;
  /** With `json`, each step is a line of JSON before the certificate. */
  readonly progress?: boolean;
}

/** How many reasons are told one by one. */
const toldReasons = 8;

/**
 * `sfp compact`: the network of a run without its pruned filters, with the proof that it is the same; returns the exit code, which
 * is that of a failure where it is not the same.
 */
export async function compact(run: string, { runs, json, progress }: CompactOptions): Promise<number> {
  const folder = await findRun(run, await runsFolderOf(runs));
  const certificate = await compactUntilStopped(folder, !json ? 'notes' : progress ? 'json' : 'nothing');
  if (certificate === null) return exitCode.stopped;
  if (json) printJson(certificate);
  else {
    print(table([{ title: '' }, { title: '' }], certificateRows(certificate)).trimStart());
    const lost = lossRows(certificate, toldReasons);
    if (lost.length > 0) print(`\nWhere the rest of the saving went:\n${lost.join('\n')}`);
    const found = isEqual(certificate) ? `${verdict(certificate)} ` : '';
    print(`\n${found}Everything is in ${shortPath(folder)}/compact.`);
  }
  if (isEqual(certificate)) return exitCode.done;
  note(colours(process.stderr).red(unequalSentence));
  return exitCode.failed;
}
