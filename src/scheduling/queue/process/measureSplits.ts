import { stepTimesInIsolation } from '../../../engines/choice/isolatedMeasurement';
import type { EngineSettings } from '../../../engines/choice/candidates';
import { toleratedShare, type StepTimes } from '../../../engines/choice/measuredRate';
import { processorTimes, usedByOthers } from '../../../engines/choice/processorTimes';
import type { Workload } from '../../../engines/workload';
import { fittedSplit, mostInMemory, splitsOf, type MeasuredSplit, type Split, type SplitTable } from '../split';

/** So long each way is measured: processes that start at once have most of it in common. */
const measuredMilliseconds = 6_000;

export interface SplitsOrder {
  /** Of the engine. */
  readonly id: string;
  readonly settings: EngineSettings;
  readonly workload: Workload;
  readonly cores: number;
  /** What a run has in memory beside what is measured: its images. */
  readonly imageBytes: number;
}

export interface MeasureSplitsOptions {
  readonly signal: AbortSignal;
  readonly freeBytes: () => number;
  readonly onMeasuring: (split: Split) => void;
  /** The built measuring program; the one beside the running bundle if left out. */
  readonly script?: string;
}

export interface MeasuredSplits {
  /** One run after another first. */
  readonly splits: SplitTable['splits'];
  /** Whether other programs had such a part that a quiet moment may give other rates. */
  readonly disturbed: boolean;
}

/**
 * Measures each way to divide the CPUs: as many processes at once as it has runs, each with its threads, all training the network;
 * what they make together counts. What does not fit into memory is left out. Throws an Error that says why the first one, one run
 * after another, failed.
 */
export async function measureSplits(order: SplitsOrder, options: MeasureSplitsOptions): Promise<MeasuredSplits> {
  const [first, ...others] = splitsOf(order.cores, order.settings.threads);
  const single = await measureSplit(first!, order, options);
  const splits: SplitTable['splits'] = [single.measured];
  let disturbed = single.disturbed;
  const most = mostInMemory(options.freeBytes(), single.measured.peakBytes + order.imageBytes);
  for (const wanted of others) {
    const split = fittedSplit(wanted, order.cores, most);
    const isKnown = splits.some(({ runs, threads }) => runs === split?.runs && threads === split.threads);
    if (split === null || isKnown) continue;
    // One that fails, as for want of memory after all, is left out.
    const result = await measureSplit(split, order, options).catch(() => null);
    options.signal.throwIfAborted();
    if (result === null) continue;
    splits.push(result.measured);
    disturbed ||= result.disturbed;
  }
  return { splits, disturbed };
}

async function measureSplit(split: Split, { id, settings, workload }: SplitsOrder, options: MeasureSplitsOptions) {
  const { signal, script, onMeasuring } = options;
  onMeasuring(split);
  const order = { id, settings: { ...settings, threads: split.threads }, workload, milliseconds: measuredMilliseconds };
  const before = processorTimes();
  const times = await Promise.all(
    Array.from({ length: split.runs }, () => stepTimesInIsolation(order, signal, script)),
  );
  const after = processorTimes();
  const measuring = times.reduce((sum, { processorMilliseconds }) => sum + processorMilliseconds, 0);
  const measured: MeasuredSplit = {
    ...split,
    imagesPerSecond: rateTogether(times, workload.batchSize),
    peakBytes: Math.max(...times.map(({ peakBytes }) => peakBytes)),
  };
  return { measured, disturbed: usedByOthers(before, { ...after, own: after.own + measuring }) > toleratedShare };
}

/**
 * Images a second of processes together, over the time in which all of them were training. A step that lies only partly in it
 * counts as that part. Throws an Error where they had no time in common.
 */
export function rateTogether(times: readonly StepTimes[], batchSize: number): number {
  const endOf = ({ begin, durations }: StepTimes): number => durations.reduce((sum, each) => sum + each, begin);
  const from = Math.max(...times.map(({ begin }) => begin));
  const to = Math.min(...times.map(endOf));
  if (to <= from) throw new Error('the processes did not train at the same time');
  const steps = times.reduce((sum, each) => sum + stepsWithin(each, from, to), 0);
  return (1000 * batchSize * steps) / (to - from);
}

function stepsWithin({ begin, durations }: StepTimes, from: number, to: number): number {
  let start = begin;
  let steps = 0;
  for (const duration of durations) {
    const part = Math.min(start + duration, to) - Math.max(start, from);
    if (part > 0) steps += part / duration;
    start += duration;
  }
  return steps;
}
