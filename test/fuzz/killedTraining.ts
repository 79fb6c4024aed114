import { spawn } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../src/base/errors';
import { randomStream } from '../../src/base/random';
import { readyToResume } from '../../src/runs/control/resume';
import { releaseLocks } from '../../src/runs/lock/runLock';
import { readHistory } from '../../src/runs/folder/reader';
import { readManifest } from '../../src/runs/folder/manifest';
import { outlineOf, type RunOutline } from '../fixtures/runOutline';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

/** Kills of a real training: a run that is killed at any moment and goes on has to be the run that nobody killed, to the last bit. */

export interface KillOptions {
  /** Folder for the runs. */
  readonly runs: string;
  /** The built `bareTrainer.js` or `trainer.js`. */
  readonly trainer: string;
  readonly seed: number;
  readonly kills: number;
  readonly onKill?: (told: string) => void;
}

export interface KillResult {
  readonly kills: number;
  /** What the run was doing when it was killed, and how often. */
  readonly moments: Readonly<Record<string, number>>;
  /** A sentence for each run that did not become the one that nobody killed. */
  readonly broken: readonly string[];
}

const lastEpoch = 2;
const tiny = {
  data: { limit: 128, validation: 64 },
  training: { ...smallConfig.training, epochs: lastEpoch + 1, batchSize: 32 },
};

/** Kills trainings with SIGKILL, some of them again while they go on, until there were as many kills as asked for. */
export async function killTrainings({ runs, trainer, seed, kills, onKill }: KillOptions): Promise<KillResult> {
  const whole = await createSmallRun(runs, tiny, 'whole');
  const begin = performance.now();
  await train(trainer, whole);
  const duration = performance.now() - begin;
  const wanted = await outlineOf(whole, lastEpoch);
  const random = randomStream(seed, 'kills');
  const [broken, moments]: [string[], Record<string, number>] = [[], {}];
  let done = 0;
  while (done < kills) {
    const folder = await createSmallRun(runs, tiny, `killed${done}`);
    // A run that was killed has less to do when it goes on: the second moment comes sooner.
    for (const share of random.below(3) === 0 ? [1, 0.5] : [1]) {
      const after = random.uniform() * duration * share;
      if (!(await train(trainer, folder, after))) break;
      done += 1;
      const moment = await momentOf(folder);
      moments[moment] = (moments[moment] ?? 0) + 1;
      onKill?.(`kill ${done} after ${Math.round(after)} ms: ${moment}`);
      await makeReady(folder);
    }
    if ((await readManifest(folder)).status !== 'finished') await train(trainer, folder);
    const problem = await differenceFrom(wanted, folder);
    if (problem !== null) broken.push(`${folder}: ${problem}`);
  }
  return { kills: done, moments, broken };
}

/** Trains a run in a process of its own, to its end or until it is killed; whether it was. */
async function train(trainer: string, folder: string, killAfter?: number): Promise<boolean> {
  const child = spawn(process.execPath, [trainer, folder], { stdio: 'ignore', detached: process.platform !== 'win32' });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_, signal) => {
      resolve(signal === 'SIGKILL');
    });
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const wasKilled = await ended;
  clearTimeout(timer);
  return wasKilled;
}

async function momentOf(folder: string): Promise<string> {
  const { started, epochs, progress, manifest } = await readHistory(folder);
  if (manifest.status === 'finished') return 'after its end';
  if (manifest.status === 'created') return 'before its hello';
  if (started === null) return 'before its first step';
  if (epochs.length > lastEpoch) return 'after its last epoch';
  return progress === null ? `before the first step of epoch ${epochs.length}` : `in epoch ${epochs.length}`;
}

/** One that never said hello waits for its turn still, and a trainer takes it as it is. */
async function makeReady(folder: string): Promise<void> {
  const { status } = await readManifest(folder);
  if (status === 'running') await releaseLocks((await readyToResume([folder])).locks);
}

async function differenceFrom(wanted: RunOutline, folder: string): Promise<string | null> {
  try {
    const { status } = await readManifest(folder);
    if (status !== 'finished') return `it is ${status}`;
    const outline = await outlineOf(folder, lastEpoch);
    const names = Object.keys(wanted) as (keyof RunOutline)[];
    const different = names.filter((name) => !isDeepStrictEqual(outline[name], wanted[name]));
    return different.length === 0 ? null : `other ${different.join(', ')} than the run that nobody killed`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
