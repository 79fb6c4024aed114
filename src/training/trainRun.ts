import { hostname } from 'node:os';
import { UserError } from '../errors';
import type { RunManifest } from '../runs/format';
import { RunWriter } from '../runs/writer';
import { Checkpoints } from './checkpoints';
import { Journal } from './journal';
import { setUp } from './setup';
import { SoftFilterPruning } from './softFilterPruning';
import { isStopRequested, StopRequested, watchStopRequest } from './stopRequest';

export type Outcome = Extract<RunManifest['status'], 'finished' | 'stopped' | 'failed'>;

/**
 * Trains the run that a folder describes, to its end, its stop or its failure; the folder tells which, and so does the result.
 * `signal` stops the run as the request file does. Throws a UserError only where the folder cannot be read or written.
 */
export async function trainRun(folder: string, { signal }: { signal?: AbortSignal } = {}): Promise<Outcome> {
  const writer = await RunWriter.open(folder);
  const stop = watchStopRequest(folder, signal);
  const journal = new Journal(writer);
  try {
    await writer.update({ status: 'running', process: { pid: process.pid, host: hostname() } });
    if (await isStopRequested(folder)) return await stopBeforeStart(writer, journal);
    return await train(folder, writer, journal, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return await stopBeforeStart(writer, journal);
    return await fail(writer, journal, error);
  } finally {
    stop.dispose();
    await writer.close();
  }
}

/** Marks a run that waits for its turn as stopped. */
export async function stopWaitingRun(folder: string): Promise<Outcome> {
  return withJournal(folder, stopBeforeStart);
}

/** Marks a run whose process ended without a word: as stopped when somebody asked for that, else as failed. */
export async function concludeKilledRun(folder: string, how: string): Promise<Outcome> {
  return withJournal(folder, async (writer, journal) => {
    const message = `The training process was ended (${how}).`;
    if (await isStopRequested(folder)) {
      await journal.event({ type: 'stopped', epoch: -1, message });
      await writer.update({ status: 'stopped' });
      return 'stopped';
    }
    return fail(writer, journal, new UserError(`${message} Often there was not enough memory; look at the log.`));
  });
}

async function withJournal(
  folder: string,
  action: (writer: RunWriter, journal: Journal) => Promise<Outcome>,
): Promise<Outcome> {
  const writer = await RunWriter.open(folder);
  try {
    return await action(writer, new Journal(writer));
  } finally {
    await writer.close();
  }
}

async function train(folder: string, writer: RunWriter, journal: Journal, signal: AbortSignal): Promise<Outcome> {
  let announced = 0;
  const setup = await setUp(writer.manifest.config, {
    signal,
    onPreparing: (message, fraction) => {
      if (performance.now() - announced < 1000) return;
      announced = performance.now();
      journal.progress({ type: 'preparing', message, fraction });
    },
  });
  try {
    const { name, device, versions, reason } = setup.engine;
    await writer.update({ engine: { name, device, versions: { ...versions }, reason } });
    await journal.log(`Engine ${name} on ${device}: ${reason}`);
    const pruning = new SoftFilterPruning(setup, folder, journal, new Checkpoints(folder), signal);
    try {
      const summary = await pruning.run();
      await writer.update({ status: 'finished', summary });
      return 'finished';
    } catch (error) {
      if (!signal.aborted) throw error;
      const summary = await pruning.stop(stopMessage(signal));
      await writer.update({ status: 'stopped', summary });
      return 'stopped';
    }
  } finally {
    await setup.dispose();
  }
}

function stopMessage(signal: AbortSignal): string {
  const asked = signal.reason instanceof StopRequested ? signal.reason.asked : String(signal.reason);
  return `Stopped on request (${asked}).`;
}

async function stopBeforeStart(writer: RunWriter, journal: Journal): Promise<Outcome> {
  await journal.event({ type: 'stopped', epoch: -1, message: 'Stopped on request before training began.' });
  await writer.update({ status: 'stopped' });
  return 'stopped';
}

async function fail(writer: RunWriter, journal: Journal, error: unknown): Promise<Outcome> {
  const message = sentenceOf(error);
  await journal.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  await writer.update({ status: 'failed', error: message });
  await journal.event({ type: 'failed', message });
  return 'failed';
}

function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `Training failed unexpectedly: ${what} (the log has the details).`;
}
