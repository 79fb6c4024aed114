import { dirname, resolve } from 'node:path';
import type { Hint } from '../experiment/hints';
import { loadExperimentWithHints } from '../experiment/load';
import type { Experiment } from '../experiment/resolve';
import { presentRuns, type PresentRuns } from '../runs/folder/presentRuns';
import { presentRunsText } from './presentRunsText';
import { asUsage, exitCode } from './problems';
import { runsFolderNear } from './runFolders';
import { colours, note, print, printJson } from './terminal';

/** An experiment that somebody wants to be trained, here or elsewhere. */
export interface WantedExperiment {
  /** Of the config, absolute. */
  readonly file: string;
  readonly experiment: Experiment;
  readonly runsFolder: string;
  /** Which of its runs are there already; null where all are wanted anew. */
  readonly present: PresentRuns | null;
}

export interface WantedOptions {
  readonly runs?: string;
  /** Also those runs that are there already. */
  readonly again?: boolean;
  readonly json?: boolean;
}

/** Reads a config and looks for its runs; what one may not have meant is told. Throws a UsageError for a config that is wrong. */
export async function wantedExperiment(
  configFile: string,
  { runs, again, json = false }: WantedOptions,
): Promise<WantedExperiment> {
  const file = resolve(configFile);
  const { experiment, hints } = await asUsage(() => loadExperimentWithHints(configFile));
  tellHints(configFile, hints, json);
  if (!json) tellOwnImages(experiment);
  const runsFolder = runs === undefined ? await runsFolderNear(dirname(file)) : resolve(runs);
  const present = again === true ? null : await presentRuns(runsFolder, experiment.runs, file);
  return { file, experiment, runsFolder, present };
}

/** What is left out has not come to its end yet, unless all of it is finished. */
export function codeOfNothing({ runs }: Experiment, present: PresentRuns | null): number {
  return present?.finished.length === runs.length ? exitCode.done : exitCode.failed;
}

/** Runs that are left out because they are there. */
export function tellPresent(present: PresentRuns, json: boolean): void {
  if (!json) for (const line of presentRunsText(present)) print(line);
  else
    for (const { id, name, folder, status } of [...present.finished, ...present.active, ...present.halted])
      printJson({ type: 'present', run: id, name, folder, status });
}

/** How images that the config brings along are read, which somebody may have meant otherwise. */
function tellOwnImages({ runs }: Experiment): void {
  const readings = runs.flatMap(({ dataset: { title, own } }) => (own ? [`${title}: ${own.reading}`] : []));
  for (const reading of new Set(readings)) print(reading);
}

/** What one may not have meant is said before it takes hours. */
function tellHints(file: string, hints: readonly Hint[], json: boolean): void {
  for (const { message, line, column } of hints)
    if (json) printJson({ type: 'hint', file, line, column, message });
    else note(colours(process.stderr).yellow(`${file}:${line}:${column}: note: ${message}`));
}
