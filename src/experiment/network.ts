import type { RunConfig } from '../config/schema';
import type { DatasetInfo } from '../data/dataset';
import { datasetInfo } from '../data/sets/datasetInfo';
import type { LayerGraph } from '../network/graph';
import { buildNetwork } from '../network/zoo';

/** A data set, and a network for its images and classes. */
export interface NetworkOnData {
  readonly dataset: DatasetInfo;
  readonly graph: LayerGraph;
}

/** The network `arch` for the images of a data set. Throws a UserError when there is no such network. */
export function networkOn(arch: string, dataset: RunConfig['data']['dataset']): NetworkOnData {
  const info = datasetInfo(dataset);
  return { dataset: info, graph: buildNetwork(arch, info.shape, info.classes.length) };
}
