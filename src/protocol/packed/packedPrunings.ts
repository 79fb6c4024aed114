import type { RunEventOf } from '../../runs/model/format';
import type { Pruning } from '../../runs/model/history';
import { numberOrNone, packedTime, rowsOf, unpackedTime } from './rows';
import { packedRecords, unpackedRecords, type PackedRecords } from './packedRecords';

type Pruned = RunEventOf<'pruned'>;

/** The prunings of a run as few arrays: a ResNet-110 tells of 22,000 layers in 200 epochs. */
export interface PackedPrunings {
  /** Of each pruning what `rowOf` says. */
  readonly rows: Float64Array;
  /** Where the layers of each pruning end, counted in layers. */
  readonly ends: Uint32Array;
  /** Of each layer of each pruning its name's index, filters, pruned and returned. */
  readonly layers: Float64Array;
  readonly names: readonly string[];
  /** Numbered by the position of their prunings. */
  readonly records: PackedRecords;
}

const width = 9;
const layerWidth = 4;

export function packedPrunings(prunings: readonly Pruning[]): PackedPrunings {
  const indices = new Map<string, number>();
  const indexOf = (name: string): number => {
    const index = indices.get(name) ?? indices.size;
    indices.set(name, index);
    return index;
  };
  const ends = new Uint32Array(prunings.length);
  let end = 0;
  for (const [index, { event }] of prunings.entries()) ends[index] = end += event.layers.length;
  const layers = new Float64Array(end * layerWidth);
  let at = 0;
  for (const { event } of prunings) {
    for (const { name, filters, pruned, returned } of event.layers) {
      layers[at++] = indexOf(name);
      layers[at++] = filters;
      layers[at++] = pruned;
      layers[at++] = returned;
    }
  }
  const records = prunings.flatMap(({ record }, number) => (record ? [{ number, record }] : []));
  return {
    rows: rowsOf(prunings, width, ({ event }) => rowOf(event)),
    ends,
    layers,
    names: [...indices.keys()],
    records: packedRecords(records),
  };
}

export function unpackedPrunings({ rows, ends, layers, names, records }: PackedPrunings): Pruning[] {
  const recordOf = new Map(unpackedRecords(records).map(({ number, record }) => [number, record]));
  return Array.from(ends, (end, index) => {
    const row = rows.subarray(index * width, (index + 1) * width);
    const start = ends[index - 1] ?? 0;
    const told = layers.subarray(start * layerWidth, end * layerWidth);
    return { event: eventOf(row, () => layersOf(told, names)), record: recordOf.get(index) ?? null };
  });
}

function rowOf({ time, epoch, record, rate, multiplyAdds, parameters }: Pruned): number[] {
  const { dense, paper, exact } = multiplyAdds;
  const of = [numberOrNone(parameters?.dense), numberOrNone(parameters?.exact)];
  return [packedTime(time), epoch, record, rate, dense, paper, exact, ...of];
}

/** Its layers are made when somebody asks for them: most prunings of a long run are never looked at. */
function eventOf(row: Float64Array, makeLayers: () => Pruned['layers']): Pruned {
  let made: Pruned['layers'] | null = null;
  const parameters = { dense: row[7]!, exact: row[8]! };
  return {
    type: 'pruned',
    time: unpackedTime(row[0]!),
    epoch: row[1]!,
    record: row[2]!,
    rate: row[3]!,
    get layers() {
      return (made ??= makeLayers());
    },
    multiplyAdds: { dense: row[4]!, paper: row[5]!, exact: row[6]! },
    ...(!Number.isNaN(parameters.dense) && { parameters }),
  };
}

function layersOf(told: Float64Array, names: readonly string[]): Pruned['layers'] {
  return Array.from({ length: told.length / layerWidth }, (_, index) => {
    const at = index * layerWidth;
    return { name: names[told[at]!]!, filters: told[at + 1]!, pruned: told[at + 2]!, returned: told[at + 3]! };
  });
}
