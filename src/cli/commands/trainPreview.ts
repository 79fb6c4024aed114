import { enginesFolder } from '../../base/cacheFolder';
import { configDifferences } from '../../config/differences';
import { Measurements } from '../../engines/choice/measurements';
import type { ResolvedRun } from '../../experiment/resolve';
import { listRuns } from '../../runs/folder/list';
import type { PresentRuns } from '../../runs/folder/presentRuns';
import { SplitTables } from '../../scheduling/queue/splitTables';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { presentRunsText } from '../presentRunsText';
import { forecastQueue } from '../queueForecast';
import { previewSummary, previewTable, sums } from '../previewText';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';
import { forecastTraining, type RunForecast } from '../trainingForecast';

/** `sfp train --preview`: the runs that would be trained, with what they take; `present` are those that would be left out. */
export async function preview(
  runsFolder: string,
  runs: readonly ResolvedRun[],
  present: PresentRuns | null,
  json: boolean,
): Promise<void> {
  const tables = (await SplitTables.open(enginesFolder())).all;
  const { all: measurements } = await Measurements.open(enginesFolder());
  const forecasts = forecastTraining(runs, { runs: await listRuns(runsFolder), measurements, tables });
  const queue = forecastQueue(runs, tables);
  if (json) {
    printJson({ ...previewJson(runsFolder, runs, forecasts, present), queue });
    return;
  }
  if (present !== null) for (const line of presentRunsText(present)) print(line);
  if (runs.length > 0) {
    print(`${plural(runs.length, 'run')} would be trained in ${shortPath(runsFolder)}:\n`);
    const { columns, rows } = previewTable(runs, forecasts);
    print(table(columns, rows, colours().dim));
    for (const line of previewSummary(forecasts, queue)) print(line);
  }
  print('Nothing was started.');
}

function previewJson(
  folder: string,
  runs: readonly ResolvedRun[],
  forecasts: readonly RunForecast[],
  present: PresentRuns | null,
): object {
  const differences = configDifferences(runs.map(({ config }) => config));
  const { finished = [], active = [], halted = [] } = present ?? {};
  return {
    type: 'preview',
    folder,
    runs: runs.map(({ config: { name } }, index) => ({
      name,
      settings: Object.fromEntries(differences.map(({ path, values }) => [path, values[index]])),
      ...forecasts[index]!,
    })),
    present: [...finished, ...active, ...halted].map(({ id, name, status }) => ({ run: id, name, status })),
    estimate: sums(forecasts),
  };
}
