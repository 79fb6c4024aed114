import { hostname } from 'node:os';
import { isCalledWith, isRunning, mayBeSignalled, processSpace } from '../../base/processes';
import { visibleText } from '../../base/visibleText';
import { readManifest } from '../folder/manifest';
import type { Holder } from '../lock/holder';
import { lockState } from '../lock/runLock';
import type { TrainerProcess } from '../model/format';

/** The file that a trainer runs: `trainer.js`, or one whose name ends so. What has the folder open for another reason runs none. */
const trainerScript = /^(?:\w*T|t)rainer\.[cm]?js$/;

/** The trainer of a run on this machine, or why no process is certain to be it, as the end of a sentence. */
export type FoundTrainer = { readonly pid: number } | { readonly doubt: string };

/**
 * Which process of this machine trains a run, beyond doubt. A run folder may come from anybody and name any pid, so what it says
 * counts only where the process has the start mark that the folder names and, where the system tells it, is a trainer that
 * was called with this folder; without a start mark, only where it is such a trainer.
 */
export async function findTrainer(folder: string): Promise<FoundTrainer> {
  const trainer = await namedTrainer(folder);
  if (trainer === null) return { doubt: 'its process is not known; it will after its step.' };
  const { pid, host } = trainer;
  if (!(await isHere(trainer)))
    return {
      doubt: `it trains on ${visibleText(host)}, or in another container; it will after its step, or end it there.`,
    };
  if ((await isProven(trainer, folder)) && (await mayBeSignalled(pid))) return { pid };
  return {
    doubt: `process ${pid} is not certain to be its trainer, so it was not signalled; it will after its step, or end its trainer by the means of your system.`,
  };
}

type NamedTrainer = TrainerProcess & Pick<Holder, 'space'>;

async function namedTrainer(folder: string): Promise<NamedTrainer | null> {
  const lock = await lockState(folder);
  return lock.kind === 'held' && lock.holder !== null ? lock.holder : (await readManifest(folder)).process;
}

async function isHere({ host, space }: NamedTrainer): Promise<boolean> {
  return space === undefined ? host === hostname() : space === (await processSpace());
}

async function isProven({ pid, started }: NamedTrainer, folder: string): Promise<boolean> {
  const isCalled = await isCalledWith(pid, { path: folder, script: trainerScript });
  if (started === undefined) return isCalled === true;
  return isCalled !== false && (await isRunning({ pid, started })) === true;
}
