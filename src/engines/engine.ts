import type { LayerGraph } from '../network/graph';
import type { SgdOptions } from '../network/layers/sgd';
import type { NetworkState } from '../network/state';

/** A batch as the data loader makes it: normalised float32 images [count, channels, height, width] and class indices. */
export interface Batch {
  readonly count: number;
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Parameters that make up one structure a row: by a name of the caller's choice, those of which each has a part of the filter
 * (or unit) in its row. All in a set have the same number of rows, which are their first axis.
 */
export type ParameterSets = ReadonlyMap<string, readonly string[]>;

export interface CompileOptions {
  readonly batchSize: number;
  readonly optimizer: SgdOptions;
  /** Sets whose importance every step adds up; without any, the step does nothing for it. */
  readonly importanceOf?: ParameterSets;
  /** Decides, with the step's index, what dropout leaves out; 0 if left out. */
  readonly seed?: number;
}

/**
 * Importance by first-order Taylor expansion (Molchanov et al., CVPR 2019, equation 8): for each row of each set, summed over the
 * steps, the square of the sum of gradient times value over all values in that row. The gradient is that of the loss, without
 * weight decay; the values are those before the update.
 * Where batch norm follows, the loss does not depend on the length of a filter, so that the sum over its weights alone is nothing
 * but rounding: the set must be batch norm's scale and shift.
 */
export interface Importance {
  /** Steps that were summed over. */
  readonly steps: number;
  readonly rows: ReadonlyMap<string, Float32Array>;
}

/** Mean loss over the batch and the number of images whose largest logit is the label's (first one wins a tie). */
export interface BatchResult {
  readonly loss: number;
  readonly correct: number;
}

/** A network compiled for training and evaluation by one engine. Calls must not overlap. */
export interface CompiledNetwork {
  /** A sentence for people: of which operators the engine has built it, and why not of faster ones; null where it has no choice. */
  readonly operators: string | null;
  /**
   * One optimisation step on a full batch of `batchSize` images. The result is from before the update. `index` counts the steps
   * of a training from 0 and decides what dropout leaves out; networks without dropout need none.
   */
  step(batch: Batch, learningRate: number, index?: number): Promise<BatchResult>;
  /** Forward pass with running statistics on 1 to `batchSize` images. */
  evaluate(batch: Batch): Promise<BatchResult>;
  /** Logits [count, classes] of the evaluation graph, for proofs of equality. */
  predict(batch: Batch): Promise<Float32Array>;
  /** A copy of the whole state, in PyTorch's layouts. */
  readState(): Promise<NetworkState>;
  /** Replaces the whole state, but for held rows, which stay at zero. Throws when a name or shape does not fit the graph. */
  writeState(state: NetworkState): Promise<void>;
  /**
   * Holds rows (the first axis: filters, channels, units) of parameters at exactly zero from now on, with their momenta, until the
   * next call: one byte a row, 1 = trained, 0 = held. Parameters that are not named are trained; an empty map holds nothing.
   * Rows that are let go are trained on from zero; those of a filter that was held together with its batch norm, right before a relu,
   * get no gradient there and stay. Throws when a name or length does not fit, and changes nothing then.
   */
  hold(rows: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** What the steps since compiling, or since `writeImportance`, have added up. */
  readImportance(): Promise<Importance>;
  /** Replaces the sums and the number of steps, to go on from there. Throws when a set's name or length does not fit. */
  writeImportance(importance: Importance): Promise<void>;
  dispose(): Promise<void>;
}

export interface EngineDescription {
  readonly name: 'onnxruntime' | 'tensorflow';
  /** For people: `CPU (Intel Xeon …, 2 threads)`. */
  readonly device: string;
  /** CPU threads; null where it computes elsewhere. */
  readonly threads: number | null;
  /** Library versions that decide the numbers, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly description: EngineDescription;
  /** Builds the train step and the evaluation pass of a graph. Parameters start at zero: call `writeState` before training. */
  compile(graph: LayerGraph, options: CompileOptions): Promise<CompiledNetwork>;
}
