import { dirname, resolve } from 'node:path';
import { loadExperimentWithHints } from '../../experiment/load';
import type { Hint } from '../../experiment/hints';
import type { Experiment } from '../../experiment/resolve';
import { createRuns } from '../../runs/folder/create';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { asUsage } from '../problems';
import { runsFolderNear } from '../runFolders';
import { colours, note, print, printJson } from '../terminal';
import { followTraining, startTraining } from '../trainingRuns';
import { version } from '../version';

export interface TrainOptions {
  readonly runs?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** `sfp train`: starts all runs of a config in a process of their own, and shows them until they end. */
export async function train(configFile: string, options: TrainOptions): Promise<number> {
  const file = resolve(configFile);
  const { experiment, hints } = await asUsage(() => loadExperimentWithHints(configFile));
  tellHints(configFile, hints, options.json === true);
  if (options.json !== true) tellOwnImages(experiment);
  const runsFolder = options.runs === undefined ? await runsFolderNear(dirname(file)) : resolve(options.runs);
  const versions = { 'sfp-lab': version, node: process.versions.node };
  const runs = await createRuns(runsFolder, { experiment, configFile: file, versions });
  const pid = await startTraining(runs);
  if (options.json) for (const { id, name, folder } of runs) printJson({ type: 'created', run: id, name, folder, pid });
  else print(`${plural(runs.length, 'run')} in ${shortPath(runsFolder)}`);
  return followTraining(runs, pid, options);
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
