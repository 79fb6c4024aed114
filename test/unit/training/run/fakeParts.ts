import { datasetInfo } from '../../../../src/data/sets/datasetInfo';
import type { ResolvedRun } from '../../../../src/experiment/resolve';
import type { NetworkState } from '../../../../src/network/state';
import type { RunManifest } from '../../../../src/runs/model/format';
import type { TrainingSetup } from '../../../../src/training/loop/trainingSetup';
import { FakeNetwork, fakeSetup, graph } from '../loop/fakeTraining';

/** What a run has in the place of an engine and of images. It must not import what it stands in for. */
export const epochs = 3;
// Other filters are pruned after every epoch, so that some come back.
const pruning = { rate: 0.5, criterion: 'random' } as const;
export const { config } = fakeSetup(new FakeNetwork(), pruning, epochs);

export async function setUp(_run: unknown, { state }: { state?: NetworkState }): Promise<TrainingSetup> {
  const network = new FakeNetwork();
  if (state !== undefined) await network.writeState(state);
  return fakeSetup(network, pruning, epochs);
}

export function runNetwork(_folder: string, { config }: RunManifest): Promise<ResolvedRun> {
  return Promise.resolve({ config, graph, dataset: datasetInfo('cifar10') });
}
