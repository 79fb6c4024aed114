import type { Experiment } from '../../experiment/resolve';
import { createRuns } from '../../runs/folder/create';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { exitCode } from '../problems';
import { print, printJson } from '../terminal';
import { followTraining, startTraining } from '../trainingRuns';
import { version } from '../version';
import { codeOfNothing, tellPresent, wantedExperiment } from '../wantedExperiment';

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
  const { file, experiment, runsFolder, present } = await wantedExperiment(configFile, options);
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
