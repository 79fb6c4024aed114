import { networkName } from '../config/networkName';
import { version } from '../../package.json';
import { UserError } from '../base/errors';
import { splitDataset } from '../data/split';
import type { ResolvedRun } from '../experiment/resolve';
import { inputForm } from '../export/exportable';
import type { NetworkState } from '../network/state';
import { wholeBestCheckpoint } from '../runs/checkpoints/bestCheckpoint';
import { checkpointName, readCheckpoint } from '../runs/checkpoints/checkpoints';
import { keptCheckpoints } from '../runs/checkpoints/keptCheckpoints';
import { orResume } from '../runs/checkpoints/lostCheckpoints';
import { writeCompactFolder } from '../runs/folder/compactFolder';
import { readManifest } from '../runs/folder/manifest';
import { runNetwork } from '../runs/folder/runNetwork';
import { readShown } from '../runs/folder/status';
import type { Certificate } from '../runs/model/certificate';
import { isEqual, unequalSentence } from '../runs/model/certificateFindings';
import type { TrainingSetup } from '../training/loop/trainingSetup';
import { engineOf, fetchDataset, openLoader, readyCounts, type PreparationOptions } from '../training/run/preparation';
import type { TrainedRun } from '../training/run/trainRun';
import { certifiedCompaction, type CertifyOptions } from './certifiedCompaction';
import { pairLatency } from './pairLatency';

/** Makes and certifies the compact network of a run that has just been trained; one that is not equal is a warning of the run. */
export async function compactTrainedRun(
  { folder, setup, epoch, signal, onProgress, onWarning }: TrainedRun,
  measure: CertifyOptions['measure'] = pairLatency,
): Promise<void> {
  const certificate = await certify(folder, setup, epoch, { signal, onProgress, measure });
  if (!isEqual(certificate)) await onWarning(unequalSentence);
}

export interface CompactOptions {
  readonly signal: AbortSignal;
  readonly onProgress: CertifyOptions['onProgress'];
}

/**
 * Makes and certifies the compact network of a run's best checkpoint. Throws a UserError while the run trains, when it has no
 * pruned checkpoint, or when one is damaged.
 */
export async function compactRun(folder: string, { signal, onProgress }: CompactOptions): Promise<Certificate> {
  const { manifest, status } = await readShown(folder);
  if (status === 'running' || status === 'created')
    throw new UserError(`The run ${manifest.id} is not done; compact it when it has finished, or stop it first.`);
  const kept = await keptCheckpoints(folder, manifest.config);
  const best = await orResume(manifest.id, () => wholeBestCheckpoint(kept, manifest.config));
  if (best?.manifest == null)
    throw new UserError(
      `The run ${manifest.id} has no checkpoint of a pruned network, so there is nothing to compact; let it go on with \`sfp resume\`.`,
    );
  const { state } = await orResume(manifest.id, () => readCheckpoint(best.folder));
  const setup = await setUpToTest(await runNetwork(folder, manifest), state, {
    signal,
    engineBefore: manifest.engine?.id,
    onPreparing: onProgress,
    onNote: () => undefined,
  });
  try {
    return await certify(folder, setup, best.manifest.epoch, { signal, onProgress, measure: pairLatency });
  } finally {
    await setup.dispose();
  }
}

/** What a certificate needs of a run that is set up. */
type Tested = Pick<TrainingSetup, 'graph' | 'network' | 'engine' | 'split' | 'testLoader' | 'dispose'>;

/** The trained network and the test images; how it was pruned is in its weights, so that no pruning is planned again. */
async function setUpToTest(run: ResolvedRun, state: NetworkState, options: PreparationOptions): Promise<Tested> {
  const { config, graph } = run;
  const { batchSize, optimizer } = config.training;
  const { id, engine, reason } = await engineOf(config, { graph, batchSize, optimizer }, options);
  const dataset = await fetchDataset(run, options);
  options.signal.throwIfAborted();
  const split = splitDataset(readyCounts(run.dataset, dataset), { ...config.data, seed: config.training.seed });
  const network = await engine.compile(graph, { batchSize, optimizer });
  await network.writeState(state);
  const testLoader = openLoader(dataset, dataset.test, batchSize, options);
  return {
    graph,
    network,
    engine: { ...engine.description, id, reason },
    split,
    testLoader,
    dispose: async () => {
      await Promise.all([testLoader.dispose(), network.dispose()]);
    },
  };
}

async function certify(
  folder: string,
  setup: Omit<Tested, 'dispose'>,
  epoch: number,
  options: CertifyOptions,
): Promise<Certificate> {
  const manifest = await readManifest(folder);
  const { id, name, config } = manifest;
  const { graph, network, engine, split, testLoader } = setup;
  const { dataset } = await runNetwork(folder, manifest);
  const { classes } = dataset;
  // What cannot be decoded is no test image that was left out by a limit.
  const testImages = config.data.skipBroken && config.data.limit === null ? split.test.length : dataset.testCount;
  const checkpoint = checkpointName({ epoch, step: null });
  const metadata = { run: id, name, checkpoint, arch: networkName(config.model), dataset: dataset.name };
  const about = { title: `${graph.name} of the run ${id}`, version, input: inputForm(dataset), classes, metadata };
  const batches = () => testLoader.epoch(split.test);
  const masked = {
    run: id,
    checkpoint,
    graph,
    network,
    engine,
    about,
    testImages,
    targetLatency: config.pruning.target.latency,
    batches,
  };
  const certified = await certifiedCompaction(masked, options);
  await writeCompactFolder(folder, certified);
  return certified.certificate;
}
