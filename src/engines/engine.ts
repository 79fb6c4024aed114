import type { LayerGraph } from '../network/graph';
import type { SgdOptions } from '../network/sgd';
import type { NetworkState } from '../network/state';

/** A batch as the data loader makes it: normalised float32 images [count, channels, height, width] and class indices. */
export interface Batch {
  readonly count: number;
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

export interface CompileOptions {
  readonly batchSize: number;
  readonly optimizer: SgdOptions;
}

/** Mean loss over the batch and the number of images whose largest logit is the label's (first one wins a tie). */
export interface BatchResult {
  readonly loss: number;
  readonly correct: number;
}

/** A network compiled for training and evaluation by one engine. Calls must not overlap. */
export interface CompiledNetwork {
  /** One optimisation step on a full batch of `batchSize` images. The result is from before the update. */
  step(batch: Batch, learningRate: number): Promise<BatchResult>;
  /** Forward pass with running statistics on 1 to `batchSize` images. */
  evaluate(batch: Batch): Promise<BatchResult>;
  /** Logits [count, classes] of the evaluation graph, for proofs of equality. */
  predict(batch: Batch): Promise<Float32Array>;
  /** A copy of the whole state, in PyTorch's layouts. */
  readState(): Promise<NetworkState>;
  /** Replaces the whole state. Throws when a name or shape does not fit the graph. */
  writeState(state: NetworkState): Promise<void>;
  dispose(): Promise<void>;
}

export interface EngineDescription {
  readonly name: 'onnxruntime' | 'tensorflow';
  /** For people: `CPU (Intel Xeon …, 2 threads)`. */
  readonly device: string;
  /** Library versions that decide the numbers, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly description: EngineDescription;
  /** Builds the train step and the evaluation pass of a graph. Parameters start at zero: call `writeState` before training. */
  compile(graph: LayerGraph, options: CompileOptions): Promise<CompiledNetwork>;
}
