import path from 'node:path';
import { runChild } from '../../base/childProcess';
import { keptMemory } from '../../base/keptMemory';
import { measuredRateIn, stepTimesIn, versionsIn } from './answers';
import type { EngineSettings } from './candidates';
import type { Engine } from '../engine';
import type { MeasuredRate, StepTimes } from './measuredRate';
import type { Workload } from '../workload';

/** What a measuring process reads from its standard input. */
export interface MeasuringOrder {
  readonly id: string;
  readonly settings: EngineSettings;
  /** Null to check that a training step is right, instead of how fast it is. */
  readonly workload: Workload | null;
  /** Tells the steps of so long a time, instead of a rate. */
  readonly milliseconds?: number;
}

const measuringPatience = 120_000;
/** A GPU that is newer than the library has its code compiled by the driver first, which takes minutes. */
const checkingPatience = 1_200_000;
const lastLines = 3;

/**
 * The rate of one engine, measured in a process of its own: a library stays loaded once it is there, its threads would
 * disturb the next one, and one that crashes takes its process with it. Throws an Error that says why it failed.
 */
export async function measureInIsolation(
  order: MeasuringOrder,
  signal: AbortSignal,
  script?: string,
): Promise<MeasuredRate> {
  return measuredRateIn(await runOrder(order, signal, script));
}

/** The training steps of so many milliseconds; for processes that measure at once. Throws as `measureInIsolation` does. */
export async function stepTimesInIsolation(
  order: MeasuringOrder & Required<Pick<MeasuringOrder, 'milliseconds'>>,
  signal: AbortSignal,
  script?: string,
): Promise<StepTimes> {
  return stepTimesIn(await runOrder(order, signal, script));
}

/**
 * The versions of an engine's libraries. Throws an Error, in the words of the engine, unless a training step works and gives what
 * onnxruntime gives.
 */
export async function checkInIsolation(
  id: string,
  settings: EngineSettings,
  signal: AbortSignal,
  script?: string,
): Promise<Engine['description']['versions']> {
  return versionsIn(await runOrder({ id, settings, workload: null }, signal, script));
}

async function runOrder(
  order: MeasuringOrder,
  signal: AbortSignal,
  script: string = path.join(__dirname, 'measureEngine.js'),
): Promise<string> {
  // In a check, TensorFlow's warnings say what was wrong.
  const env = { ...keptMemory, ...(order.workload === null && { TF_CPP_MIN_LOG_LEVEL: '1' }) };
  const patience = order.workload ? measuringPatience : checkingPatience;
  const child = await runChild(process.execPath, [script], { env, input: JSON.stringify(order), signal, patience });
  signal.throwIfAborted();
  if (child.problem === null) return child.stdout;
  const told = child.stderr.trim().split('\n').slice(-lastLines).join(' ');
  throw new Error(told || (child.started ? `its process ${child.problem} without a word` : child.problem));
}
