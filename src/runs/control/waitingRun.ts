import { setTimeout as sleep } from 'node:timers/promises';
import { thisProcess } from '../../base/processes';
import { readManifest } from '../folder/manifest';
import { RunWriter } from '../folder/writer';
import { RunLock } from '../lock/runLock';
import type { Outcome } from './exitCodes';
import { isStopRequested } from './stopRequest';

/** What is written of a run by who keeps it waiting, or finds that its trainer has gone, instead of a trainer. */

/** So long somebody who has killed a run on purpose has to write that down. */
const concludingMilliseconds = 2000;

/** Says whose turn a waiting run, whose lock this process has, waits for. */
export async function announceWaiting(folder: string, lock: RunLock): Promise<void> {
  await withWriter(folder, lock, async (writer) => writer.update({ process: await thisProcess() }));
}

/** Says in a waiting run, whose lock this process has, what it waits for. */
export async function tellWaiting(folder: string, lock: RunLock, message: string): Promise<void> {
  const event = { type: 'preparing', time: new Date().toISOString(), message, fraction: null } as const;
  await withWriter(folder, lock, (writer) => writer.event(event));
}

/** Marks a run that waits for its turn, and whose lock this process has, as stopped. */
export async function stopWaitingRun(folder: string, lock: RunLock): Promise<Outcome> {
  return withWriter(folder, lock, stopBeforeStart);
}

/** Marks a run that is asked to stop before its training began. */
export async function stopBeforeStart(writer: RunWriter): Promise<Outcome> {
  const message = 'Stopped on request before training began.';
  await writer.event({ type: 'stopped', time: new Date().toISOString(), epoch: -1, message });
  await writer.log(message);
  await writer.update({ status: 'stopped' });
  return 'stopped';
}

/**
 * Marks a run whose process ended without a word as failed, unless whoever ended it has already said that it was stopped. `how`
 * is the exit code or the signal.
 */
export async function concludeKilledRun(folder: string, how: string): Promise<Outcome> {
  if (await isStopRequested(folder)) await sleep(concludingMilliseconds);
  const { status } = await readManifest(folder);
  if (status !== 'created' && status !== 'running') return status;
  const message = `The training process ${endOf(how)}. Resume the run to go on from its newest checkpoint.`;
  const lock = await RunLock.take(folder);
  try {
    return await withWriter<Outcome>(folder, lock, async (writer) => {
      // On a full disk none of this may find room, or only the last.
      const event = { type: 'failed', time: new Date().toISOString(), message } as const;
      await Promise.allSettled([writer.log(message), writer.event(event)]);
      await writer.update({ status: 'failed', error: message });
      return 'failed';
    });
  } finally {
    await lock.release();
  }
}

const faults = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE'];

function endOf(how: string): string {
  return faults.includes(how)
    ? `crashed (${how}), most likely in a library of its engine`
    : `was ended from outside (${how}); often the reason is too little memory`;
}

async function withWriter<Result>(
  folder: string,
  lock: RunLock,
  action: (writer: RunWriter) => Promise<Result>,
): Promise<Result> {
  const writer = await RunWriter.open(folder, lock);
  try {
    return await action(writer);
  } finally {
    await writer.close();
  }
}
