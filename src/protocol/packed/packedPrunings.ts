import type { RunEventOf } from '../../runs/model/format';
import type { Pruning } from '../../runs/model/history';
import { knownNumber, numberOrNone, packedTime, rowsOf, unpackedTime } from './rows';
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
    const start = ends[index - 1] ?? 0;
    const event = new UnpackedPruned(rows, index * width, () =>
      layersOf(layers.subarray(start * layerWidth, end * layerWidth), names),
    );
    return { event, record: recordOf.get(index) ?? null };
  });
}

function rowOf({ time, epoch, record, rate, multiplyAdds, parameters }: Pruned): number[] {
  const { dense, paper, exact } = multiplyAdds;
  const of = [numberOrNone(parameters?.dense), numberOrNone(parameters?.exact)];
  return [packedTime(time), epoch, record, rate, dense, paper, exact, ...of];
}

/** Its parts are made when somebody asks for them: most prunings of a long run are never looked at. */
class UnpackedPruned implements Pruned {
  readonly type = 'pruned';
  #layers: Pruned['layers'] | null = null;

  constructor(
    private readonly rows: Float64Array,
    private readonly at: number,
    private readonly makeLayers: () => Pruned['layers'],
  ) {}

  get time(): string {
    return unpackedTime(this.rows[this.at]!);
  }
  get epoch(): number {
    return this.rows[this.at + 1]!;
  }
  get record(): number {
    return this.rows[this.at + 2]!;
  }
  get rate(): number {
    return this.rows[this.at + 3]!;
  }
  get layers(): Pruned['layers'] {
    return (this.#layers ??= this.makeLayers());
  }
  get multiplyAdds(): Pruned['multiplyAdds'] {
    return { dense: this.rows[this.at + 4]!, paper: this.rows[this.at + 5]!, exact: this.rows[this.at + 6]! };
  }
  get parameters(): Pruned['parameters'] {
    const dense = knownNumber(this.rows[this.at + 7]);
    return dense === null ? undefined : { dense, exact: this.rows[this.at + 8]! };
  }
}

function layersOf(told: Float64Array, names: readonly string[]): Pruned['layers'] {
  return Array.from({ length: told.length / layerWidth }, (_, index) => {
    const at = index * layerWidth;
    return { name: names[told[at]!]!, filters: told[at + 1]!, pruned: told[at + 2]!, returned: told[at + 3]! };
  });
}
