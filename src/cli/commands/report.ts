import { mapInTurns } from '../../base/turns';
import { reportOf } from '../../reports/report';
import { readOutline } from '../../runs/folder/reader';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { UsageError } from '../problems';
import { findRunsOrExperiments, runsFolderOf } from '../runFolders';
import { print, printJson } from '../terminal';
import { version } from '../version';
import { writeOutputs } from '../writeOutputs';

/** More at once would only take memory: it is the processor that is waited for. */
const readAtOnce = 2;

/** Of more, neither the tables nor the figures could be read. */
const mostRuns = 500;

export interface ReportOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `sfp report`: runs, or all runs of experiments, in one HTML file. */
export async function report(names: readonly string[], { out, force, runs, json }: ReportOptions): Promise<void> {
  const folders = await findRunsOrExperiments(names, await runsFolderOf(runs));
  if (folders.length > mostRuns)
    throw new UsageError(`These are ${folders.length} runs; a report tells of at most ${mostRuns}: name fewer.`);
  const histories = await mapInTurns(folders, readAtOnce, readOutline);
  const bytes = new TextEncoder().encode(reportOf(histories, version));
  await writeOutputs({ files: [{ path: out, bytes }] }, { force: force === true });
  if (json) printJson({ file: out, runs: histories.map(({ manifest }) => manifest.id), bytes: bytes.length });
  else
    print(`${shortPath(out)}: a report of ${plural(histories.length, 'run')}, ${Math.ceil(bytes.length / 1000)} kB.`);
}
