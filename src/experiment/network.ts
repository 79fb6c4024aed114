import type { DatasetInfo } from '../data/dataset';
import type { LayerGraph } from '../network/graph';
import { buildNetwork } from '../network/zoo';

/** A data set, and a network for its images and classes. */
export interface NetworkOnData {
  readonly dataset: DatasetInfo;
  readonly graph: LayerGraph;
}

/** The network `arch` for the images of a data set. Throws a UserError when there is no such network. */
export function networkOn(arch: string, dataset: DatasetInfo): NetworkOnData {
  return { dataset, graph: buildNetwork(arch, dataset.shape, dataset.classes.length) };
}
