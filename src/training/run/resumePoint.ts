import { UserError } from '../../base/errors';
import { countsOf, splitDataset } from '../../data/split';
import type { ResolvedRun } from '../../experiment/resolve';
import { parameterSpecs, statisticSpecs } from '../../network/parameters';
import { prunableLayers } from '../../network/prunableLayers';
import { zeroFilterMasks } from '../../pruning/held';
import type { LayerRecord } from '../../runs/model/format';
import { areSameLayers, layersOf } from '../../runs/model/recordedLayers';
import type { RunHistory } from '../../runs/model/history';
import {
  initialCheckpoint,
  readCheckpoint,
  type Checkpoint,
  type CheckpointManifest,
} from '../../runs/checkpoints/checkpoints';
import { bestCheckpoint } from '../../runs/checkpoints/bestCheckpoint';
import { foreignCheckpoints, keptCheckpoints, type KeptCheckpoint } from '../../runs/checkpoints/keptCheckpoints';
import { noSteps } from '../../runs/checkpoints/partialEpoch';
import { isPrunedAtEnd, type ResumePoint, type TrainingPosition } from '../loop/trainingPosition';
import { stepsPerEpoch } from './setup';
import { fittingTensors } from './startingWeights';

export interface Resumption {
  /** Null where nothing is left to go on from: the run begins anew. */
  readonly point: ResumePoint | null;
  /** What was found wrong, a sentence each. */
  readonly warnings: readonly string[];
}

/** A checkpoint that is whole and of the run; its state is not kept, as a folder from elsewhere may have any number of them. */
interface Readable extends KeptCheckpoint {
  readonly manifest: CheckpointManifest;
}

/**
 * The newest checkpoint of a run that is whole, and what else the run needs to go on as if it had never stopped. Every
 * checkpoint is verified by its hashes; those that are damaged, or not of this run's network and epochs, are passed over, with
 * a warning.
 */
export async function findResumePoint(history: RunHistory, runFolder: string, run: ResolvedRun): Promise<Resumption> {
  const kept = (await keptCheckpoints(runFolder, run.config)).filter(({ name }) => name !== initialCheckpoint);
  const readable: Readable[] = [];
  const warnings = (await foreignCheckpoints(runFolder, run.config)).map(
    (name) =>
      `${name} is no checkpoint of this run, which has ${run.config.training.epochs} epochs; it is passed over.`,
  );
  for (const each of kept) {
    const found = await verified(each, run);
    if ('warning' in found) warnings.push(found.warning);
    else readable.push(found);
  }
  const newest = readable.at(-1);
  if (!newest) return { point: null, warnings };
  const unusable = kept.filter((each) => !readable.some(({ name }) => name === each.name)).map(({ name }) => name);
  const point = await pointAt(newest, unusable, readable, history, run);
  return { point, warnings: [...warnings, ...lostHistory(history, point)] };
}

async function verified(kept: KeptCheckpoint, run: ResolvedRun): Promise<Readable | { readonly warning: string }> {
  const { folder, name } = kept;
  try {
    const checkpoint = await readCheckpoint(folder);
    const { manifest } = checkpoint;
    if (manifest.step !== null && manifest.partial === undefined)
      return {
        warning: `${name} was saved by a version of SFP Lab that could not go on within an epoch; it is passed over.`,
      };
    refuseUnlessOfRun(checkpoint, name, run);
    return { ...kept, manifest };
  } catch (error) {
    if (error instanceof UserError) return { warning: `${error.message} It is passed over.` };
    throw error;
  }
}

/** What a checkpoint of another run would do here is anybody's guess. */
function refuseUnlessOfRun({ manifest, state, importance }: Checkpoint, name: string, run: ResolvedRun): void {
  const { graph, config, dataset } = run;
  const what = `The checkpoint ${name}`;
  fittingTensors(parameterSpecs(graph), state.parameters, what);
  fittingTensors(statisticSpecs(graph), state.statistics, what);
  fittingTensors(parameterSpecs(graph), state.momenta, `${what} (momenta)`);
  for (const { name: layer, filters } of prunableLayers(graph))
    if (importance && importance.rows.get(layer)?.length !== filters)
      throw new UserError(`${what} does not fit the network: it has no importance of the filters of "${layer}".`);
  if (manifest.step === null) return;
  const { training } = splitDataset(countsOf(dataset), { ...config.data, seed: config.training.seed });
  const steps = stepsPerEpoch(training.length, config.training.batchSize);
  const done = manifest.partial?.trained.steps;
  if (done !== manifest.step || done < 0 || done > steps)
    throw new UserError(`${what} is not of this run, whose epochs have ${steps} steps.`);
}

async function pointAt(
  newest: Readable,
  unusable: readonly string[],
  readable: readonly Readable[],
  history: RunHistory,
  run: ResolvedRun,
): Promise<ResumePoint> {
  const pruning = await lastPruning(newest, readable, history, run);
  const { manifest, state, importance } = await readCheckpoint(newest.folder);
  const position = positionOf(manifest);
  const best = bestCheckpoint(readable, run.config);
  return {
    position,
    state,
    best: best?.manifest ? { epoch: best.manifest.epoch, validation: best.manifest.validation } : null,
    checkpoints: { kept: readable.map(({ name }) => name), best: best?.name ?? null, unusable },
    lastPruning: pruning,
    share: manifest.share ?? 1,
    importance,
    seconds: secondsOf(history, position),
  };
}

function positionOf({ epoch, step, partial, pruned }: CheckpointManifest): TrainingPosition {
  return step === null
    ? { epoch: epoch + 1, trained: noSteps, pruned, prunedAtEnd: false }
    : { epoch, trained: noSteps, ...partial, pruned };
}

/**
 * The masks of the pruning before a checkpoint, by its record; where that is lost, by the filters that are zero in a checkpoint
 * of just after it. Events may tell of prunings after the checkpoint, which are done again.
 */
async function lastPruning(
  newest: Readable,
  readable: readonly Readable[],
  { prunings }: RunHistory,
  { graph }: ResolvedRun,
): Promise<ResumePoint['lastPruning']> {
  const { epoch, step, pruned } = newest.manifest;
  const isEpochIncluded = step === null || isPrunedAtEnd(positionOf(newest.manifest));
  const last = prunings.findLast(({ event }) => event.epoch < epoch || (isEpochIncluded && event.epoch === epoch));
  const recorded = last?.record?.layers;
  if (recorded && areSameLayers(layersOf(recorded), prunableLayers(graph))) return recorded;
  const after = last?.event.epoch ?? epoch - 1;
  const just = pruned
    ? newest
    : readable.find(({ manifest: at }) => at.pruned && at.epoch === after && at.step === null);
  return just ? zeroFilters(await readCheckpoint(just.folder), graph) : [];
}

function zeroFilters({ state }: Checkpoint, graph: ResolvedRun['graph']): Pick<LayerRecord, 'name' | 'mask'>[] {
  const masks = zeroFilterMasks(prunableLayers(graph), state.parameters);
  return [...masks].map(([name, mask]) => ({ name, mask }));
}

/** A trainer that was killed could not say how long it had trained, but each of its epochs did. */
function secondsOf({ manifest, epochs }: RunHistory, { epoch, trained }: TrainingPosition): number {
  const done = epochs.filter((each) => each.epoch < epoch).reduce((sum, { seconds }) => sum + seconds, 0);
  return Math.max(done + trained.seconds, manifest.summary?.seconds ?? 0);
}

/** What the run will not tell again, and its files tell no more. */
function lostHistory({ epochs, prunings }: RunHistory, { position, lastPruning }: ResumePoint): string[] {
  const told = epochs.filter(({ epoch }) => epoch < position.epoch).length;
  const lost = position.epoch - told;
  const wasPruned = prunings.some(({ event }) => event.epoch < position.epoch);
  return [
    ...(lost > 0 ? [`events.jsonl has lost what happened in ${lost} of the ${position.epoch} epochs so far.`] : []),
    ...(wasPruned && lastPruning.length === 0
      ? [
          'Which filters were pruned last is recorded nowhere any more: at the next pruning none is told to have come back.',
        ]
      : []),
  ];
}
