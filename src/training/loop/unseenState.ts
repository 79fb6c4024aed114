import type { SgdOptions } from '../../network/layers/sgd';
import { parameterSpecs, sizeOf } from '../../network/parameters';
import type { NetworkState, Tensor, TensorMap } from '../../network/state';
import type { Compaction } from '../../pruning/compaction/compact';
import { tensorsKept } from '../../pruning/compaction/compactTensors';
import { withSlice } from '../../pruning/compaction/slice';

/** Values of a dense tensor, each with its place in it. */
interface Part {
  readonly name: string;
  readonly places: Uint32Array;
  readonly values: Float32Array;
}

interface WeightPart extends Part {
  readonly momenta: Float32Array;
}

interface StatisticPart extends Part {
  /** What a step leaves of the value. */
  readonly share: number;
}

/**
 * What a compact network does not have of the masked one, moved as the masked one's steps move it. All of it lies at channels
 * that are zero for every image:
 *
 * - removed filters, and scale and shift of their batch norm, are held at zero, with their momenta;
 * - weights of living filters that read removed channels get no gradient from the data, only decay and momentum, which follow
 *   from value, momentum and learning rate alone. They are computed step by step in single precision, as an engine does it, so
 *   that a state which is written and read again goes on to the same bits;
 * - a removed filter's batch has mean and variance zero, so that a step leaves the share 1 - momentum of its running statistics.
 */
export class UnseenState {
  readonly #weights: readonly WeightPart[];
  readonly #statistics: readonly StatisticPart[];

  /** `masked` has the shapes of the dense network. */
  constructor(
    private readonly compaction: Compaction,
    masked: NetworkState,
    private readonly rule: SgdOptions,
  ) {
    const parameters = new Set(parameterSpecs(compaction.dense).map(({ name }) => name));
    const places = unseenPlaces(compaction);
    this.#weights = places
      .filter(({ name }) => parameters.has(name))
      .map(({ name, living }) => ({
        name,
        places: living,
        values: taken(masked.parameters, name, living),
        momenta: taken(masked.momenta, name, living),
      }));
    this.#statistics = places
      .filter(({ name }) => !parameters.has(name))
      .map(({ name, layer, all }) => ({
        name,
        places: all,
        values: taken(masked.statistics, name, all),
        share: Math.fround(1 - momentumOf(compaction, layer)),
      }));
  }

  /** One optimisation step. */
  step(learningRate: number): void {
    for (const { values, momenta } of this.#weights) decay(values, momenta, this.rule, learningRate);
    for (const { values, share } of this.#statistics)
      for (let index = 0; index < values.length; index++) values[index] = values[index]! * share;
  }

  /** A state of the dense network with these values, and zero for all others. */
  spread(): NetworkState {
    const [parameters, momenta, statistics] = [zeros(this.compaction), zeros(this.compaction), zeros(this.compaction)];
    for (const { name, places, values, momenta: ofValues } of this.#weights) {
      put(parameters.get(name)!, places, values);
      put(momenta.get(name)!, places, ofValues);
    }
    for (const { name, places, values } of this.#statistics) put(statistics.get(name)!, places, values);
    const own = (tensors: TensorMap, parts: readonly Part[]): TensorMap =>
      new Map(parts.map(({ name }) => [name, tensors.get(name)!]));
    return {
      parameters: own(parameters, this.#weights),
      momenta: own(momenta, this.#weights),
      statistics: own(statistics, this.#statistics),
    };
  }
}

/** SGD without a gradient from the data; see `SgdOptions`. Typed arrays round to single precision, `fround` within a sum. */
function decay(values: Float32Array, momenta: Float32Array, rule: SgdOptions, learningRate: number): void {
  const [rate, momentum] = [Math.fround(learningRate), Math.fround(rule.momentum)];
  const weightDecay = Math.fround(rule.weightDecay);
  for (let index = 0; index < values.length; index++) {
    const decayed = Math.fround(values[index]! * weightDecay);
    const moved = Math.fround(Math.fround(momenta[index]! * momentum) + decayed);
    momenta[index] = moved;
    const direction = rule.nesterov ? Math.fround(decayed + Math.fround(moved * momentum)) : moved;
    values[index] = values[index]! - Math.fround(direction * rate);
  }
}

interface UnseenPlaces {
  readonly name: string;
  readonly layer: string;
  /** All places that the compact network does not have. */
  readonly all: Uint32Array;
  /** Those of them that are not in the row of a removed filter. */
  readonly living: Uint32Array;
}

function unseenPlaces(compaction: Compaction): UnseenPlaces[] {
  return tensorsKept(compaction.dense, compaction.kept).map(({ spec, kept }) => {
    const { name, layer, shape, axes } = spec;
    const nothing = { shape, data: new Float32Array(sizeOf(shape)) };
    const ones = new Float32Array(compaction.tensors.get(name)!.data.length).fill(1);
    const marks = withSlice(nothing, spec, kept, { shape, data: ones }).data;
    const all = Uint32Array.from(marks.keys()).filter((place) => marks[place] === 0);
    const living = new Set(axes[0] === 'output' ? kept.output : Array.from({ length: shape[0]! }, (_, row) => row));
    const width = marks.length / shape[0]!;
    return { name, layer, all, living: all.filter((place) => living.has(Math.floor(place / width))) };
  });
}

function taken(tensors: TensorMap, name: string, places: Uint32Array): Float32Array {
  const { data } = tensors.get(name)!;
  return Float32Array.from(places, (place) => data[place]!);
}

function put({ data }: Tensor, places: Uint32Array, values: Float32Array): void {
  for (const [index, place] of places.entries()) data[place] = values[index]!;
}

function zeros({ dense, kept }: Compaction): TensorMap {
  return new Map(
    tensorsKept(dense, kept).map(({ spec: { name, shape } }) => [
      name,
      { shape, data: new Float32Array(sizeOf(shape)) },
    ]),
  );
}

function momentumOf({ dense }: Compaction, name: string): number {
  const layer = dense.layers.find((each) => each.name === name);
  if (layer?.kind !== 'batchNorm') throw new Error(`"${name}" has running statistics, but is no batch norm.`);
  return layer.momentum;
}
