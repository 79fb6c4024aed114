import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../base/errors';
import { isRunning, thisProcess } from '../../base/processes';
import { countsOf, splitDataset, type DatasetCounts } from '../../data/split';
import type { PrunableLayer } from '../../network/prunableLayers';
import { criteriaAgreement } from '../../pruning/criteriaAgreement';
import { zeroFilterMasks } from '../../pruning/held';
import { prunableOf } from '../../pruning/groups';
import type { Masks } from '../../pruning/select';
import { readSensitivity, writeSensitivity } from '../../runs/folder/sensitivityFile';
import type { Evaluation } from '../../runs/model/format';
import type { PoolSensitivity, Sensitivity, SensitivitySubject } from '../../runs/model/sensitivity';
import { isComplete } from '../../runs/model/suggestedRates';
import type { PreparationOptions } from '../../training/run/preparation';
import { poolSensitivity } from './poolSensitivity';
import { openProbe, type Probe } from './probe';
import type { SensitivityTask } from './task';

export interface SensitivityWish {
  /** Ascending, each above 0 and below 1. */
  readonly rates: readonly number[];
  /** At most so many images of the validation part. */
  readonly images: number;
}

export interface SensitivityOptions extends PreparationOptions {
  /** After each pool, and once at the beginning with those that were measured before. */
  readonly onPool: (measured: Sensitivity, pool: PoolSensitivity | null) => void;
}

/**
 * Measures how the accuracy on the validation part falls when the filters of one pool at a time are pruned, and nothing is trained.
 * The file is written after each pool, so that a second call goes on where the first one was stopped; figures of other weights
 * or settings are replaced. Throws the reason of the signal when it is aborted, and a UserError where there is no validation
 * part, nothing to prune, or somebody else is measuring.
 */
export async function measureSensitivity(
  task: SensitivityTask,
  wish: SensitivityWish,
  options: SensitivityOptions,
): Promise<Sensitivity> {
  if (prunableOf(task.graph, task.config.pruning.groups).pools.length === 0)
    throw new UserError(
      `Nothing of ${task.graph.name} can be pruned, so there is no sensitivity to measure; "sfp import" tells why.`,
    );
  const before = await readSensitivity(task.file);
  const wanted = measurementOf(task, wish, countsOf(task.dataset), before);
  await refuseWhileMeasured(before, task);
  // Which pictures are to be skipped is only known when all have been decoded.
  const isKnown = !task.config.data.skipBroken;
  if (isKnown && wanted.known && isComplete(wanted.known)) return wanted.known;
  const probe = await openProbe(task, options);
  try {
    const measurement = isKnown ? wanted : measurementOf(task, wish, probe.counts, before);
    const { known } = measurement;
    if (known && isComplete(known)) return known;
    if (before !== null && known === null)
      options.onNote(
        `The figures in ${task.file} are of other weights or settings (${before.subject.weights}): begun anew.`,
      );
    return await measurePools(task, probe, measurement, options);
  } finally {
    await probe.dispose();
  }
}

/** What is to be measured, and what of it was measured before. */
function measurementOf(
  task: SensitivityTask,
  wish: SensitivityWish,
  counts: DatasetCounts,
  before: Sensitivity | null,
): Measurement {
  const images = measuredImages(task, counts, wish.images);
  const subject = subjectOf(task, wish.rates, images.length);
  return { images, subject, known: before !== null && isDeepStrictEqual(before.subject, subject) ? before : null };
}

/** Of the validation part, evenly over it: as the part is chosen at random, so is what is taken of it. */
function measuredImages({ config }: SensitivityTask, counts: DatasetCounts, most: number): Uint32Array {
  const { validation } = splitDataset(counts, { ...config.data, seed: config.training.seed });
  if (validation.length === 0)
    throw new UserError(
      'There is no validation part (data.validation is 0), and rates must not be chosen by the test images: sensitivity can’t be measured.',
    );
  const taken = Math.min(most, validation.length);
  return Uint32Array.from(
    { length: taken },
    (_, index) => validation[Math.floor((index * validation.length) / taken)]!,
  );
}

function subjectOf(
  { config, weights, sha256, scoresOfEpoch }: SensitivityTask,
  rates: readonly number[],
  images: number,
): SensitivitySubject {
  const { criterion, groups, batchNorm } = config.pruning;
  return { weights, sha256, criterion, scoresOfEpoch, groups, batchNorm, rates: [...rates], images };
}

async function refuseWhileMeasured(before: Sensitivity | null, { weights }: SensitivityTask): Promise<void> {
  const other = before?.process;
  if (other?.host !== hostname() || (await isRunning(other)) === false) return;
  throw new UserError(
    `The sensitivity of ${weights} is being measured already, by process ${other.pid}: wait for it, or end it first.`,
  );
}

/** Where a run prunes nothing, at a usual rate, at which criteria have something to differ about. */
const usualRate = 0.3;

function agreementOf(
  { config: { pruning }, scores, scoresOfEpoch, state }: SensitivityTask,
  layers: readonly PrunableLayer[],
): Sensitivity['criteria'] {
  const rate = pruning.rate > 0 ? pruning.rate : usualRate;
  const recorded = scoresOfEpoch === null ? null : { criterion: pruning.criterion, scores };
  const pairs = criteriaAgreement(layers, state.parameters, rate, recorded);
  return { rate, pairs: pairs.map((pair) => ({ ...pair, layers: [...pair.layers] })) };
}

interface Measurement {
  readonly subject: SensitivitySubject;
  /** What was measured before. */
  readonly known: Sensitivity | null;
  /** Indices of training images. */
  readonly images: Uint32Array;
}

async function measurePools(
  task: SensitivityTask,
  probe: Probe,
  { subject, known, images }: Measurement,
  { onPool }: SensitivityOptions,
): Promise<Sensitivity> {
  const { graph, config, state, scores, file } = task;
  const { layers, pools } = prunableOf(graph, config.pruning.groups);
  const evaluate = (masks: Masks): Promise<Evaluation> => probe.evaluate(masks, images);
  const base = known?.base ?? (await evaluate(new Map()));
  const network = { layers, masks: zeroFilterMasks(layers, state.parameters), scores, base, evaluate };
  let measured: Sensitivity = {
    formatVersion: 1,
    subject,
    engine: probe.engine,
    base,
    criteria: agreementOf(task, layers),
    poolCount: pools.length,
    pools: known?.pools ?? [],
    process: await thisProcess(),
  };
  await writeSensitivity(file, measured);
  onPool(measured, null);
  try {
    for (const pool of pools.slice(measured.pools.length)) {
      const found = await poolSensitivity(pool, subject.rates, network);
      measured = { ...measured, pools: [...measured.pools, found] };
      await writeSensitivity(file, measured);
      onPool(measured, found);
    }
  } finally {
    measured = { ...measured, process: null };
    await writeSensitivity(file, measured);
  }
  return measured;
}
