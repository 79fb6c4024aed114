import { setTimeout as sleep } from 'node:timers/promises';
import { stopRun } from '../../src/runs/control/trainerProcess';
import { readShown } from '../../src/runs/folder/status';
import type { ResumerProcesses } from '../fixtures/resumerProcesses';

/** Several processes resume a run at the same moment, time and again: one trainer has to be started, and the others told so. */

export interface TogetherOptions {
  /** A run that was stopped; it is stopped again after each round. */
  readonly folder: string;
  readonly resumers: ResumerProcesses;
  /** The built `stubbornTrainer.js`. */
  readonly trainer: string;
  readonly rounds: number;
}

export interface TogetherResult {
  readonly rounds: number;
  /** What those were told that did not start a trainer, without who did, and how often. */
  readonly refusals: Readonly<Record<string, number>>;
  /** A sentence for each round in which not exactly one trainer was started, or somebody was told something else. */
  readonly broken: readonly string[];
}

/** What a second one may be told: that another one has the run, in one of its moments. */
const refusal = /being trained already|still training|still waiting/;
const stopLimit = 30_000;

export async function resumeTogether({ folder, resumers, trainer, rounds }: TogetherOptions): Promise<TogetherResult> {
  const [broken, refusals]: [string[], Record<string, number>] = [[], {}];
  for (let round = 0; round < rounds; round++) {
    const answers = await resumers.all('resume', folder, trainer);
    const others = answers.filter((answer) => answer !== 'done');
    if (others.length !== answers.length - 1) broken.push(`Round ${round}: ${answers.join(' | ')}`);
    for (const other of others) {
      const told = refusal.exec(other)?.[0];
      if (told === undefined) broken.push(`Round ${round}: ${other}`);
      else refusals[told] = (refusals[told] ?? 0) + 1;
    }
    const how = await stopRun(folder, { graceSeconds: 10 });
    if (how !== 'asked') broken.push(`Round ${round}: the trainer was not asked to stop, but ${how}.`);
    if (!(await isStopped(folder))) broken.push(`Round ${round}: the run did not stop.`);
  }
  return { rounds, refusals, broken };
}

async function isStopped(folder: string): Promise<boolean> {
  const deadline = Date.now() + stopLimit;
  while ((await readShown(folder)).status !== 'stopped') {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
