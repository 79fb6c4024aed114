import { inputForm } from '../export/exportable';
import { version } from '../../package.json';
import { UserError } from '../base/errors';
import { wholeBestCheckpoint } from '../runs/checkpoints/bestCheckpoint';
import { checkpointName, readCheckpoint } from '../runs/checkpoints/checkpoints';
import { keptCheckpoints } from '../runs/checkpoints/keptCheckpoints';
import { orResume } from '../runs/checkpoints/lostCheckpoints';
import { writeCompactFolder } from '../runs/folder/compactFolder';
import { readManifest } from '../runs/folder/manifest';
import { runNetwork } from '../runs/folder/runNetwork';
import { readShown } from '../runs/folder/status';
import type { Certificate } from '../runs/model/certificate';
import type { TrainingSetup } from '../training/loop/trainingSetup';
import { setUp } from '../training/run/setup';
import type { TrainedRun } from '../training/run/trainRun';
import { certifiedCompaction, type CertifyOptions } from './certifiedCompaction';
import { pairLatency } from './pairLatency';

/** Makes and certifies the compact network of a run that has just been trained. */
export async function compactTrainedRun({ folder, setup, epoch, signal, onProgress }: TrainedRun): Promise<void> {
  await certify(folder, setup, epoch, { signal, onProgress, measure: pairLatency });
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
  const setup = await setUp(await runNetwork(folder, manifest), {
    signal,
    state,
    engineBefore: manifest.engine?.id,
    weightSources: { runFolder: folder, configFile: manifest.configFile },
    onPreparing: onProgress,
    onNote: () => undefined,
  });
  try {
    return await certify(folder, setup, best.manifest.epoch, { signal, onProgress, measure: pairLatency });
  } finally {
    await setup.dispose();
  }
}

async function certify(
  folder: string,
  setup: TrainingSetup,
  epoch: number,
  options: CertifyOptions,
): Promise<Certificate> {
  const manifest = await readManifest(folder);
  const { id, name, config } = manifest;
  const { graph, network, engine, split, testLoader } = setup;
  const { dataset } = await runNetwork(folder, manifest);
  const { classes } = dataset;
  const checkpoint = checkpointName({ epoch, step: null });
  const metadata = { run: id, name, checkpoint, arch: config.model.arch, dataset: dataset.name };
  const about = { title: `${graph.name} of the run ${id}`, version, input: inputForm(dataset), classes, metadata };
  const batches = () => testLoader.epoch(split.test);
  const certified = await certifiedCompaction({ run: id, checkpoint, graph, network, engine, about, batches }, options);
  await writeCompactFolder(folder, certified);
  return certified.certificate;
}
