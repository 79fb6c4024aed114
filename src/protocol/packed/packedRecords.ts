import type { LayerRecord, PrunableLayer, PruningRecord } from '../../runs/model/format';
import type { NumberedRecord } from '../../runs/model/history';
import { layersOf } from '../../runs/model/recordedLayers';

/** Records of layers.bin as few arrays. */
export interface PackedRecords {
  /** Numbers of the damaged ones. */
  readonly damaged: Float64Array;
  /** The others; those side by side that have the same layers are together, which in a whole file are all. */
  readonly alike: readonly AlikeRecords[];
}

interface AlikeRecords {
  readonly layers: readonly PrunableLayer[];
  readonly numbers: Float64Array;
  readonly epochs: Float64Array;
  /** [record, filter of the network] */
  readonly scores: Float32Array;
  /** [record, filter of the network], 1 = kept */
  readonly masks: Uint8Array;
}

export function packedRecords(records: readonly NumberedRecord[]): PackedRecords {
  return {
    damaged: Float64Array.from(records.flatMap(({ number, record }) => (record ? [] : [number]))),
    alike: groupedByLayers(records).map(alikeRecords),
  };
}

/** Those whose bytes are damaged come first. */
export function unpackedRecords({ damaged, alike }: PackedRecords): NumberedRecord[] {
  return [...Array.from(damaged, (number) => ({ number, record: null })), ...alike.flatMap(recordsOf)];
}

interface Whole {
  readonly number: number;
  readonly record: PruningRecord;
}

function groupedByLayers(records: readonly NumberedRecord[]): Whole[][] {
  const groups: Whole[][] = [];
  for (const { number, record } of records) {
    if (!record) continue;
    const newest = groups.at(-1);
    if (newest && haveSameLayers(newest[0]!.record, record)) newest.push({ number, record });
    else groups.push([{ number, record }]);
  }
  return groups;
}

function haveSameLayers({ layers }: PruningRecord, { layers: others }: PruningRecord): boolean {
  return (
    layers.length === others.length &&
    layers.every(({ name, mask }, index) => name === others[index]!.name && mask.length === others[index]!.mask.length)
  );
}

function alikeRecords(group: readonly Whole[]): AlikeRecords {
  const layers = layersOf(group[0]!.record.layers);
  const filters = layers.reduce((sum, layer) => sum + layer.filters, 0);
  const scores = new Float32Array(group.length * filters);
  const masks = new Uint8Array(group.length * filters);
  let at = 0;
  for (const { record } of group) {
    for (const layer of record.layers) {
      scores.set(layer.scores, at);
      masks.set(layer.mask, at);
      at += layer.mask.length;
    }
  }
  return {
    layers,
    numbers: Float64Array.from(group, ({ number }) => number),
    epochs: Float64Array.from(group, ({ record }) => record.epoch),
    scores,
    masks,
  };
}

function recordsOf({ layers, numbers, epochs, scores, masks }: AlikeRecords): Whole[] {
  const ranges = filterRangesOf(layers);
  const filters = layers.reduce((sum, layer) => sum + layer.filters, 0);
  return Array.from(numbers, (number, index) => {
    const [from, to] = [index * filters, (index + 1) * filters];
    const record = new UnpackedRecord(epochs[index]!, ranges, scores.subarray(from, to), masks.subarray(from, to));
    return { number, record };
  });
}

/** A layer's filters among all filters of the network. */
interface FilterRange {
  readonly start: number;
  readonly end: number;
}

function filterRangesOf(layers: readonly PrunableLayer[]): ReadonlyMap<string, FilterRange> {
  let end = 0;
  return new Map(
    layers.map(({ name, filters }): [string, FilterRange] => {
      const start = end;
      end += filters;
      return [name, { start, end }];
    }),
  );
}

/** A record whose layers are made when somebody asks for them: most of a long run's are only leafed through. */
export class UnpackedRecord implements PruningRecord {
  #layers: readonly LayerRecord[] | null = null;

  constructor(
    readonly epoch: number,
    private readonly ranges: ReadonlyMap<string, FilterRange>,
    /** Of all filters of the network. */
    readonly scores: Float32Array,
    /** Likewise, 1 = kept. */
    readonly mask: Uint8Array,
  ) {}

  get layers(): readonly LayerRecord[] {
    return (this.#layers ??= [...this.ranges].map(([name, range]) => this.#layerAt(name, range)));
  }

  /** The layer of this name; null where there is none. Quicker than all layers where only one is looked at. */
  layer(name: string): LayerRecord | null {
    const range = this.ranges.get(name);
    return range ? this.#layerAt(name, range) : null;
  }

  #layerAt(name: string, { start, end }: FilterRange): LayerRecord {
    return { name, scores: this.scores.subarray(start, end), mask: this.mask.subarray(start, end) };
  }
}
