import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { readRegular } from '../../base/regularFile';
import { shapesToMeasure } from '../../layerTimes/convolutions';
import { networkKey, networkTimes } from '../../layerTimes/networkTimes';
import { timeTableSchema, type TimeTable } from '../../layerTimes/timeTable';
import type { LayerGraph } from '../../network/graph';
import type { MachineTimes } from '../../pruning/allocation/allocate';
import { prunableOf, type Grouping } from '../../pruning/groups';
import { fileNames } from '../../runs/model/format';

const fileSchema = z.object({ formatVersion: z.literal(1), table: timeTableSchema });
/** A table of one network has some hundred kilobytes. */
const mostBytes = 64 * 2 ** 20;
const remedy = 'delete it to have this machine measured, which may decide other widths';

/**
 * The measured times that decide the widths of a run. What it began with is kept in its folder: measured again, or on another
 * machine, they would decide others. Throws a UserError when what is kept is damaged.
 */
export async function runTimes(
  runFolder: string,
  graph: LayerGraph,
  grouping: Grouping,
  measure: () => Promise<TimeTable>,
): Promise<MachineTimes> {
  const file = join(runFolder, fileNames.layerTimes);
  const times = (table: TimeTable): MachineTimes | null => networkTimes(graph, prunableOf(graph, grouping), table);
  const kept = await keptTable(file);
  if (kept !== null) {
    const found = times(kept);
    if (found !== null) return found;
    throw new UserError(`${file} lacks times of some layers of ${graph.name}; ${remedy}.`, { file });
  }
  const table = partOf(await measure(), graph);
  const found = times(table);
  if (found === null) throw new Error(`The times measured for ${graph.name} lack some of its layers.`);
  await onFile(file, () => writeFileAtomic(file, JSON.stringify({ formatVersion: 1, table })));
  return found;
}

async function keptTable(file: string): Promise<TimeTable | null> {
  const text = await onFile(file, () => readRegular(file, mostBytes, remedy)).catch((error: unknown) => {
    if (errorCode(error instanceof UserError ? error.cause : error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = fileSchema.safeParse(parseJson(text.toString('utf8')));
  if (parsed.success) return parsed.data.table;
  throw new UserError(`${file} is damaged; ${remedy}.`, { file, cause: parsed.error });
}

/** What a table tells of one network. */
function partOf({ shapes, networks, ...table }: TimeTable, graph: LayerGraph): TimeTable {
  const own = shapesToMeasure(graph);
  return {
    ...table,
    shapes: shapes.filter(({ kernel, height, width }) =>
      own.some((shape) => shape.kernel === kernel && shape.height === height && shape.width === width),
    ),
    networks: networks.filter(({ key }) => key === networkKey(graph)),
  };
}
