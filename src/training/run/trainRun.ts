import { inspect } from 'node:util';
import { UserError } from '../../base/errors';
import type { RunManifest } from '../../runs/model/format';
import { thisProcess } from '../../base/processes';
import { readManifest } from '../../runs/folder/manifest';
import { readHistory } from '../../runs/folder/reader';
import { isProcessAlive } from '../../runs/folder/status';
import { runNetwork } from '../../runs/folder/runNetwork';
import { RunWriter } from '../../runs/folder/writer';
import { LockLost, RunLock } from '../../runs/lock/runLock';
import { Checkpoints } from '../../runs/checkpoints/checkpoints';
import { engineDifference } from './engineDifference';
import { Journal } from './journal';
import { importedLine } from './importedState';
import { findResumePoint } from './resumePoint';
import { setUp } from './setup';
import { TensorBoardFile } from './tensorBoardFile';
import { PruningLoop } from '../loop/pruningLoop';
import type { TrainingSetup } from '../loop/trainingSetup';
import type { Outcome } from '../../runs/control/exitCodes';
import type { Place } from '../../runs/control/place';
import { isStopRequested, StopRequested, watchStopRequest } from '../../runs/control/stopRequest';
import { stopBeforeStart } from '../../runs/control/waitingRun';

/** A run whose training is done, with the network that was tested. */
export interface TrainedRun {
  readonly folder: string;
  readonly setup: TrainingSetup;
  /** Epoch of the checkpoint that the network is at. */
  readonly epoch: number;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string, fraction: number | null) => void;
  /** Puts a warning into the run. */
  readonly onWarning: (message: string) => Promise<void>;
}

export interface TrainOptions {
  /** Stops the run as the request file does. */
  readonly signal?: AbortSignal;
  /** Makes something of the trained network before the run says that it is finished; where it fails, that is a warning. */
  readonly conclude?: (trained: TrainedRun) => Promise<void>;
  /** The built batch worker; the one beside the running bundle if left out. */
  readonly batchWorkerScript?: string;
  /** The part of the machine that the queue gives the run; all of it if left out. */
  readonly place?: Place;
}

/**
 * Trains the run that a folder describes, to its end, its stop or its failure; the folder tells which, and so does the result.
 * Where the folder has checkpoints it goes on from the newest. Throws a UserError only where the folder cannot be read or
 * written, is finished, or is being trained by another process, also one that has taken it over.
 */
export async function trainRun(folder: string, options: TrainOptions = {}): Promise<Outcome> {
  return withLock(folder, async (lock) => {
    await refuseUnlessFree(folder, lock);
    return trainLocked(await RunWriter.open(folder, lock), lock, options);
  });
}

async function trainLocked(writer: RunWriter, lock: RunLock, options: TrainOptions): Promise<Outcome> {
  const { folder } = writer;
  const ends = [lock.lost, ...(options.signal ? [options.signal] : [])];
  const stop = watchStopRequest(folder, AbortSignal.any(ends));
  const tensorBoard = writer.manifest.config.logs.tensorBoard ? new TensorBoardFile(writer) : null;
  const journal = new Journal(writer, tensorBoard);
  try {
    await writer.update({ status: 'running', process: await thisProcess() });
    if (await isStopRequested(folder)) return await stopBeforeStart(writer);
    return await train(writer, journal, { ...options, signal: stop.signal, lock });
  } catch (error) {
    if (error instanceof LockLost) throw error;
    if (isStop(error, stop.signal)) return await stopBeforeStart(writer);
    return await fail(writer, journal, error);
  } finally {
    stop.dispose();
    await writer.close();
  }
}

/** Two trainers in one folder would spoil each other's files; one of an older version knows no lock. */
async function refuseUnlessFree(folder: string, lock: RunLock): Promise<void> {
  const manifest = await readManifest(folder);
  const { id, status, process: trainer } = manifest;
  if (status === 'finished') throw new UserError(`The run ${id} is finished; there is nothing left to train.`);
  if (lock.isFirst && status === 'running' && (await isProcessAlive(folder, manifest)))
    throw new UserError(`The run ${id} is being trained already, by process ${trainer?.pid} on ${trainer?.host}.`);
}

async function withLock<Result>(folder: string, action: (lock: RunLock) => Promise<Result>): Promise<Result> {
  const lock = await RunLock.take(folder);
  try {
    return await action(lock);
  } finally {
    await lock.release();
  }
}

async function train(
  writer: RunWriter,
  journal: Journal,
  options: TrainOptions & { readonly signal: AbortSignal; readonly lock: RunLock },
): Promise<Outcome> {
  const { signal } = options;
  const { folder, manifest } = writer;
  const { engine: before } = manifest;
  const run = await runNetwork(folder, manifest);
  const { point, warnings } = await findResumePoint(await readHistory(folder), folder, run);
  const setup = await setUp(run, {
    ...options,
    engineBefore: before?.id,
    state: point?.state,
    weightSources: { runFolder: folder, configFile: manifest.configFile },
    onPreparing: (message, fraction) => {
      journal.progress({ type: 'preparing', message, fraction });
    },
    onNote: (note) => {
      void journal.log(note);
    },
  });
  try {
    const engine = recordedEngine(setup);
    await writer.update({ engine, ...(setup.imported && { imported: setup.imported }) });
    if (setup.imported) await journal.log(importedLine(setup.imported));
    await journal.log(engineLine(engine));
    const difference = point && engineDifference(before, engine);
    for (const message of [...warnings, ...(difference === null ? [] : [difference])])
      await journal.event({ type: 'warning', message });
    const checkpoints = new Checkpoints(folder, point?.checkpoints, options.lock);
    const conclude = (epoch: number): Promise<void> => concludeTraining(writer, journal, setup, epoch, options);
    const loop = new PruningLoop(setup, journal, checkpoints, signal, point, conclude);
    try {
      const summary = await loop.run();
      await writer.update({ status: 'finished', summary });
      return 'finished';
    } catch (error) {
      if (!isStop(error, signal)) throw error;
      const summary = await loop.stop(stopMessage(signal));
      await writer.update({ status: 'stopped', summary });
      return 'stopped';
    } finally {
      await loop.dispose();
    }
  } finally {
    await setup.dispose();
  }
}

function recordedEngine({ engine, network: { operators } }: TrainingSetup): NonNullable<RunManifest['engine']> {
  const { id, name, device, threads, versions, reason } = engine;
  return {
    ...{ id, name, device, versions: { ...versions }, reason },
    ...(threads !== null && { threads }),
    ...(operators !== null && { operators }),
  };
}

function engineLine({ name, device, reason, operators }: NonNullable<RunManifest['engine']>): string {
  return `Engine ${name} on ${device}: ${reason}${operators === undefined ? '' : ` ${operators}`}`;
}

async function concludeTraining(
  { folder, manifest: { baseline } }: RunWriter,
  journal: Journal,
  setup: TrainingSetup,
  epoch: number,
  { conclude, signal }: TrainOptions & { readonly signal: AbortSignal },
): Promise<void> {
  // A baseline that prunes nothing has no smaller network in it.
  const isUnpruned = baseline?.kind === 'dense' || baseline?.kind === 'narrow';
  if (conclude === undefined || isUnpruned) return;
  const onProgress: TrainedRun['onProgress'] = (message, fraction) => {
    journal.progress({ type: 'preparing', message, fraction });
  };
  try {
    const onWarning = (message: string): Promise<void> => journal.event({ type: 'warning', message });
    await conclude({ folder, setup, epoch, signal, onProgress, onWarning });
  } catch (error) {
    if (isStop(error, signal)) throw error;
    await journal.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const message = `The run is trained, but its compact network could not be made: ${sentenceOf(error)} "sfp compact" tries it again.`;
    await journal.event({ type: 'warning', message });
  }
}

/**
 * Something else may go wrong while a run stops: the disk may be full when its checkpoint is written. A run that was taken over
 * is aborted too, but nothing more may be written of it.
 */
function isStop(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason && !(error instanceof LockLost);
}

function stopMessage(signal: AbortSignal): string {
  const asked = signal.reason instanceof StopRequested ? signal.reason.asked : String(signal.reason);
  return `Stopped on request (${asked}).`;
}

async function fail(writer: RunWriter, journal: Journal, error: unknown): Promise<Outcome> {
  const message = sentenceOf(error);
  // Unlike a stack alone, this tells the cause as well.
  const stack = error instanceof Error ? inspect(error) : message;
  // On a full disk none of this may find room, or only the last.
  await Promise.allSettled([journal.log(stack), journal.event({ type: 'failed', message })]);
  await journal.keep().catch(() => undefined);
  await writer.update({ status: 'failed', error: message });
  return 'failed';
}

function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `Training failed unexpectedly: ${what} (the log has the details).`;
}
