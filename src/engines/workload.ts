import type { LayerGraph } from '../network/graph';
import type { SgdOptions } from '../network/layers/sgd';

/** What an engine is to be measured with. */
export interface Workload {
  readonly graph: LayerGraph;
  readonly batchSize: number;
  readonly optimizer: SgdOptions;
}
