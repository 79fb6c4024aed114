import { architectures } from '../config/choices';
import type { RunConfig } from '../config/schema';
import { datasetInfo } from '../data/sets/datasetInfo';
import { networkOn } from '../experiment/network';
import type { LayerGraph } from '../network/graph';
import { buildNetwork, imagenet, usualData } from '../network/zoo';
import { UsageError } from './problems';

/** A data set that can be trained on, or ImageNet, whose images decide counts that are published. */
export type CountedData = RunConfig['data']['dataset'] | 'imagenet';

/**
 * The network of that name for a data set, or for the one that it was made for. Throws a UsageError that lists the names when
 * there is none.
 */
export function namedNetwork(name: string, dataset?: CountedData): LayerGraph {
  const known: readonly string[] = architectures;
  if (!known.includes(name))
    throw new UsageError(
      `"${name}" is neither a config file nor a network; the networks are ${architectures.join(', ')}.`,
    );
  if (dataset !== undefined && dataset !== 'imagenet') return networkOn(name, datasetInfo(dataset)).graph;
  const { images, classes } = dataset === 'imagenet' ? imagenet : usualData(name);
  return buildNetwork(name, images, classes);
}
