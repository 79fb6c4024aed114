import path from 'node:path';
import { runChild } from '../base/childProcess';
import { silenceTelemetry } from '../engines/onnxruntime/telemetry';
import type { TimedModels } from '../engines/latency/interleaved';
import {
  latencyMessageSchema,
  type ConvolutionOptions,
  type LatencyMessage,
  type LatencyOrder,
  type MeasuredShape,
  type TimedConvolutions,
} from './orders';

export interface MeasuringOptions {
  readonly signal: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** The built measuring program; the one beside the running bundle if left out. */
  readonly script?: string | undefined;
}

/** The slowest machine is done with a table of a large network by then. */
const patience = 1_800_000;

/** `timeInterleaved` in a process of its own, so that no library of this one disturbs it. */
export async function timeModelsApart(
  order: Omit<Extract<LatencyOrder, { kind: 'models' }>, 'kind'>,
  options: MeasuringOptions,
): Promise<TimedModels> {
  const answer = await carriedOut({ kind: 'models', ...order }, options);
  if ('models' in answer) return answer.models;
  throw new Error('the measuring process gave no times');
}

/** `timeConvolutions` in a process of its own. */
export async function timeConvolutionsApart(
  shapes: readonly MeasuredShape[],
  conditions: ConvolutionOptions,
  options: MeasuringOptions,
): Promise<TimedConvolutions> {
  const answer = await carriedOut({ kind: 'convolutions', shapes, options: conditions }, options);
  if ('convolutions' in answer) return answer.convolutions;
  throw new Error('the measuring process gave no times');
}

/** The last message. Throws the reason of the signal when it is aborted, and an Error that says why nothing was measured. */
async function carriedOut(order: LatencyOrder, options: MeasuringOptions): Promise<LatencyMessage> {
  const { signal, onProgress, script = path.join(__dirname, 'measureLatency.js') } = options;
  signal.throwIfAborted();
  silenceTelemetry();
  const child = await runChild(process.execPath, [script], {
    message: order,
    signal,
    patience,
    onMessage: (message) => {
      const parsed = latencyMessageSchema.safeParse(message);
      if (parsed.success && 'progress' in parsed.data) onProgress?.(parsed.data.progress);
    },
  });
  signal.throwIfAborted();
  const answer = latencyMessageSchema.safeParse(child.answer);
  if (!answer.success) {
    const told = child.stderr.trim().split('\n').at(-1);
    throw new Error(
      `Nothing was measured: the measuring process ${child.problem ?? 'gave no times'}. ${told ?? ''}`.trim(),
    );
  }
  if ('failure' in answer.data) throw new Error(answer.data.failure);
  return answer.data;
}
