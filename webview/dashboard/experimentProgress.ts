import type { RunHistory } from '../../src/runs/model/history';
import { plannedEpochs } from '../components/runStatus';

/** How far many runs are together. */
export interface ExperimentProgress {
  readonly finished: number;
  readonly running: number;
  readonly waiting: number;
  /** Failed, stopped or lost: they do not go on by themselves. */
  readonly ended: number;
  /** Epochs done over epochs planned, 0 to 1. */
  readonly fraction: number;
  /**
   * An estimate: the epochs that are left of runs that train or wait, at the mean time of an epoch so far, by as many runs at once
   * as now. Null while nothing trains or no epoch is done.
   */
  readonly secondsLeft: number | null;
}

export function experimentProgress(runs: readonly RunHistory[]): ExperimentProgress {
  const having = (...statuses: RunHistory['status'][]): number =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  const planned = runs.reduce((sum, run) => sum + plannedEpochs(run), 0);
  const done = runs.reduce((sum, run) => sum + doneOf(run), 0);
  return {
    finished: having('finished'),
    running: having('running'),
    waiting: having('created'),
    ended: having('failed', 'stopped', 'lost'),
    fraction: planned === 0 ? 0 : done / planned,
    secondsLeft: secondsLeft(runs, having('running')),
  };
}

function secondsLeft(runs: readonly RunHistory[], atOnce: number): number | null {
  const times = runs.flatMap(({ epochs }) => epochs.map(({ seconds }) => seconds));
  if (atOnce === 0 || times.length === 0) return null;
  const mean = times.reduce((sum, seconds) => sum + seconds, 0) / times.length;
  const active = runs.filter(({ status }) => status === 'running' || status === 'created');
  const epochsLeft = active.reduce((sum, run) => sum + plannedEpochs(run) - doneOf(run), 0);
  return (epochsLeft * mean) / atOnce;
}

/** With the part of the epoch that is being trained. */
function doneOf(run: RunHistory): number {
  const { status, progress, started, epochs } = run;
  if (status === 'finished') return plannedEpochs(run);
  if (status !== 'running' || !progress || !started) return epochs.length;
  return Math.max(epochs.length, progress.epoch + progress.step / started.stepsPerEpoch);
}
