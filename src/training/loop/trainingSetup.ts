import type { RunConfig } from '../../config/schema';
import type { BatchLoader } from '../../data/batches/batches';
import type { Split } from '../../data/split';
import type { CompiledNetwork, EngineDescription } from '../../engines/engine';
import type { RunSchedule } from '../../experiment/runSchedule';
import type { LayerGraph } from '../../network/graph';
import type { NetworkState } from '../../network/state';
import type { Imported } from '../../runs/model/format';
import type { Savings } from '../../pruning/savings';
import type { FilterPruning } from './filterPruner';

/** A network that trains what final masks leave, with the shapes of the dense one outside; or why there is none. */
export type CompactTraining = { readonly network: CompiledNetwork } | { readonly whyNot: string };

/** What the loop works with: a compiled network with its initial weights, its data, and how it is pruned. */
export interface TrainingSetup {
  readonly config: RunConfig;
  readonly graph: LayerGraph;
  readonly network: CompiledNetwork;
  /** Makes the compact network of a state whose pruned filters are held at zero, to train it instead. */
  readonly compactTraining: (state: NetworkState) => Promise<CompactTraining>;
  readonly pruning: FilterPruning;
  readonly schedule: RunSchedule;
  /** Whether the criterion ranks by the importance that the network's steps add up. */
  readonly needsImportance: boolean;
  /** What will be saved at the end. */
  readonly forecast: Savings;
  /** Pools that will be left with one group, as far as that can be told before training. */
  readonly lastFilters: readonly string[];
  readonly engine: EngineDescription & { readonly id: string; readonly reason: string };
  readonly classes: number;
  /** Indices into the training and the test images. */
  readonly split: Split;
  readonly stepsPerEpoch: number;
  /** Reads training and validation images. */
  readonly trainingLoader: BatchLoader;
  readonly testLoader: BatchLoader;
  readonly warnings: readonly string[];
  /** What was found of the file that the network was read from just now; null where there was none, or it was read before. */
  readonly imported: Imported | null;
  dispose(): Promise<void>;
}
