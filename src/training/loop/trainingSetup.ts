import type { RunConfig } from '../../config/schema';
import type { BatchLoader } from '../../data/batches/batches';
import type { Split } from '../../data/split';
import type { CompiledNetwork, EngineDescription } from '../../engines/engine';
import type { LayerGraph } from '../../network/graph';
import type { ParameterCounts } from '../../pruning/savings';
import type { MultiplyAddTotals } from '../../runs/model/format';
import type { PrunableWeights } from './softPruner';

/** What the loop works with: a compiled network with its initial weights, and its data. */
export interface TrainingSetup {
  readonly config: RunConfig;
  readonly graph: LayerGraph;
  readonly network: CompiledNetwork;
  readonly prunable: readonly PrunableWeights[];
  readonly rateOf: (layer: string) => number;
  readonly multiplyAdds: MultiplyAddTotals;
  readonly parameters: ParameterCounts;
  readonly engine: EngineDescription & { readonly id: string; readonly reason: string };
  readonly classes: number;
  /** Indices into the training and the test images. */
  readonly split: Split;
  readonly stepsPerEpoch: number;
  /** Reads training and validation images. */
  readonly trainingLoader: BatchLoader;
  readonly testLoader: BatchLoader;
  readonly warnings: readonly string[];
  dispose(): Promise<void>;
}
