import { architectures } from '../config/choices';
import type { RunConfig } from '../config/schema';
import { datasetInfo } from '../data/sets/datasetInfo';
import { networkOn } from '../experiment/network';
import type { LayerGraph } from '../network/graph';
import { UsageError } from './problems';

/** The network of that name for a data set. Throws a UsageError that lists the names when there is none. */
export function namedNetwork(name: string, dataset: RunConfig['data']['dataset']): LayerGraph {
  const known: readonly string[] = architectures;
  if (known.includes(name)) return networkOn(name, datasetInfo(dataset)).graph;
  throw new UsageError(
    `"${name}" is neither a config file nor a network; the networks are ${architectures.join(', ')}.`,
  );
}
