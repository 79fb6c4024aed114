import { randomWeights } from '../../config/choices';
import { networkFileOf } from '../../config/networkName';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../../base/cacheFolder';
import { UserError } from '../../base/errors';
import type { RunConfig } from '../../config/schema';
import { loadExperiment } from '../../experiment/load';
import type { ResolvedRun } from '../../experiment/resolve';
import { exportedWeights } from '../../export/exportedWeights';
import { prunableLayers } from '../../network/prunableLayers';
import type { NetworkState } from '../../network/state';
import { criteria } from '../../pruning/criteria';
import { layerScores } from '../../pruning/layerScores';
import { readHistory } from '../../runs/folder/reader';
import { runNetwork } from '../../runs/folder/runNetwork';
import { fileNames } from '../../runs/model/format';
import type { RunHistory } from '../../runs/model/history';
import { importedState } from '../../training/run/importedState';
import { fittingState, startingState } from '../../training/run/startingWeights';

/** Weights whose sensitivity is to be measured. */
export interface SensitivityTask extends ResolvedRun {
  /** A checkpoint by its folder, or as the config names the weights. */
  readonly weights: string;
  readonly state: NetworkState;
  /** SHA-256 of the state. */
  readonly sha256: string;
  /** The criterion's scores by layer, [filters]. */
  readonly scores: ReadonlyMap<string, ArrayLike<number>>;
  /** Epoch of the pruning that recorded the scores; null where they are those of the weights. */
  readonly scoresOfEpoch: number | null;
  /** Id of the engine that the run was trained with. */
  readonly engineBefore: string | undefined;
  /** Where the figures are kept. */
  readonly file: string;
}

/**
 * The checkpoint of a run that `checkpoint` names, `best` as a rule. Throws a UserError when the run still trains, has no such
 * checkpoint, or has not recorded the scores that its criterion needs.
 */
export async function taskOfRun(folder: string, checkpoint: string): Promise<SensitivityTask> {
  const history = await readHistory(folder);
  const { id, config, engine } = history.manifest;
  if (history.status === 'running' || history.status === 'created')
    throw new UserError(
      `${id} is not trained to its end yet, and measuring beside it would slow both: wait for it, or stop it first.`,
    );
  const { tensors, checkpoint: found } = await exportedWeights(folder, checkpoint);
  const resolved = await runNetwork(folder, history.manifest);
  const state = fittingState(resolved.graph, tensors, `${id}, ${found.name}`);
  const { epoch } = found.manifest!;
  return {
    ...resolved,
    weights: found.name,
    state,
    sha256: digestOf(state),
    ...(needsGradients(config) ? recordedScores(history, epoch) : scoresOfWeights(resolved, state, epoch)),
    engineBefore: engine?.id,
    file: join(folder, fileNames.sensitivity),
  };
}

/**
 * The weights that a config's training would start from, those of its network's file too; runs that it names are looked for in
 * `runsFolder`. The figures are kept in the cache, as there is no run yet. Throws a UserError when the config is wrong, makes
 * several runs, or names no weights.
 */
export async function taskOfConfig(configFile: string, runsFolder: string): Promise<SensitivityTask> {
  const { runs } = await loadExperiment(configFile);
  const [resolved, ...others] = runs;
  const { config, graph } = resolved;
  if (others.length > 0)
    throw new UserError(
      `${configFile} makes ${runs.length} runs; sensitivity is measured of one: name one of its runs, or a config without "sweep".`,
    );
  const { initialWeights } = config.training;
  const weights = initialWeights ?? networkFileOf(config.model)?.path ?? randomWeights;
  if (weights === randomWeights)
    throw new UserError(
      `${configFile} starts from random weights, of which sensitivity tells nothing: train it and name the run, or set training.initialWeights.`,
    );
  if (needsGradients(config))
    throw new UserError(
      `The criterion "${config.pruning.criterion}" ranks by gradients of training, and ${configFile} has not been trained: choose one that weights decide, or name a run.`,
    );
  // The run that the config would make has no folder yet, and none that is there must be taken for it.
  const place = { runFolder: join(resolve(runsFolder), '.new'), configFile: resolve(configFile) };
  const state =
    initialWeights === null
      ? (await importedState(resolved, place)).state
      : await startingState(graph, initialWeights, place);
  const sha256 = digestOf(state);
  const { criterion, groups, batchNorm } = config.pruning;
  const key = createHash('sha256').update(JSON.stringify([sha256, config.data, criterion, groups, batchNorm]));
  return {
    ...resolved,
    weights,
    state,
    sha256,
    ...scoresOfWeights(resolved, state, -1),
    engineBefore: undefined,
    file: join(cacheFolder(), 'sensitivity', `${key.digest('hex')}.json`),
  };
}

type Scores = Pick<SensitivityTask, 'scores' | 'scoresOfEpoch'>;

function needsGradients({ pruning }: RunConfig): boolean {
  return criteria[pruning.criterion].needs === 'gradients';
}

function scoresOfWeights({ graph, config }: ResolvedRun, { parameters }: NetworkState, epoch: number): Scores {
  const ranking = { criterion: config.pruning.criterion, seed: config.training.seed, epoch };
  const scores = prunableLayers(graph).map((layer): [string, Float64Array] => [
    layer.name,
    layerScores(layer, parameters, ranking, null),
  ]);
  return { scores: new Map(scores), scoresOfEpoch: null };
}

/** Gradients are not kept; what they came to is, at every pruning. */
function recordedScores({ manifest, prunings }: RunHistory, epoch: number): Scores {
  const newest = prunings.findLast(({ event }) => event.epoch <= epoch);
  if (!newest?.record)
    throw new UserError(
      `The criterion "${manifest.config.pruning.criterion}" ranks by gradients of training, and the scores of ${manifest.id} ${
        newest ? 'can’t be read from its layers.bin' : 'were not recorded before this checkpoint'
      }: its sensitivity can’t be measured.`,
    );
  const { layers } = newest.record;
  return { scores: new Map(layers.map(({ name, scores }) => [name, scores])), scoresOfEpoch: newest.event.epoch };
}

function digestOf({ parameters, statistics }: NetworkState): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of [...parameters, ...statistics]) {
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
