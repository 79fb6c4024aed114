import { dirname, resolve } from 'node:path';
import { loadExperimentWithHints } from '../../experiment/load';
import type { Hint } from '../../experiment/hints';
import type { Experiment } from '../../experiment/resolve';
import { createRuns } from '../../runs/folder/create';
import { presentRuns, type PresentRuns } from '../../runs/folder/presentRuns';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { presentRunsText } from '../presentRunsText';
import { asUsage, exitCode } from '../problems';
import { runsFolderNear } from '../runFolders';
import { colours, note, print, printJson } from '../terminal';
import { followTraining, startTraining } from '../trainingRuns';
import { version } from '../version';

export interface TrainOptions {
  readonly runs?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
  /** Trains also those runs that are there already. */
  readonly again?: boolean;
  /** Starts nothing, and tells what would be. */
  readonly preview?: boolean;
}

/**
 * `sfp train`: starts the runs of a config that are not there yet in a process of their own, and shows them until they end. The exit
 * code is 0, too, where there is nothing to start because all are finished.
 */
export async function train(configFile: string, options: TrainOptions): Promise<number> {
  const file = resolve(configFile);
  const { experiment, hints } = await asUsage(() => loadExperimentWithHints(configFile));
  tellHints(configFile, hints, options.json === true);
  if (options.json !== true) tellOwnImages(experiment);
  const runsFolder = options.runs === undefined ? await runsFolderNear(dirname(file)) : resolve(options.runs);
  const present = options.again === true ? null : await presentRuns(runsFolder, experiment.runs, file);
  const wanted = present?.missing ?? experiment.runs;
  if (options.preview === true) {
    const { preview } = await import('./trainPreview');
    await preview(runsFolder, wanted, present, options.json === true);
    return exitCode.done;
  }
  if (present !== null) tellPresent(present, options.json === true);
  const [first, ...more] = wanted;
  if (first === undefined) return codeOfNothing(experiment, present);
  const runsToTrain: Experiment = { ...experiment, runs: [first, ...more] };
  return startAndFollow(runsToTrain, { runsFolder, file, options });
}

async function startAndFollow(
  experiment: Experiment,
  { runsFolder, file, options }: { runsFolder: string; file: string; options: TrainOptions },
): Promise<number> {
  const versions = { 'sfp-lab': version, node: process.versions.node };
  const runs = await createRuns(runsFolder, { experiment, configFile: file, versions });
  const pid = await startTraining(runs);
  if (options.json) for (const { id, name, folder } of runs) printJson({ type: 'created', run: id, name, folder, pid });
  else print(`${plural(runs.length, 'run')} in ${shortPath(runsFolder)}`);
  return followTraining(runs, pid, options);
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
export function tellOwnImages({ runs }: Experiment): void {
  const readings = runs.flatMap(({ dataset: { title, own } }) => (own ? [`${title}: ${own.reading}`] : []));
  for (const reading of new Set(readings)) print(reading);
}

/** What one may not have meant is said before it takes hours. */
export function tellHints(file: string, hints: readonly Hint[], json: boolean): void {
  for (const { message, line, column } of hints)
    if (json) printJson({ type: 'hint', file, line, column, message });
    else note(colours(process.stderr).yellow(`${file}:${line}:${column}: note: ${message}`));
}
