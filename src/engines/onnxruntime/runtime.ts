import type * as onnxruntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../../base/errors';
import type { Device } from './device';
import { sharedCores } from './sharedCores';
import { skippedOptimizers } from './skippedOptimizers';
import { silenceTelemetry } from './telemetry';

export type Runtime = typeof onnxruntime;

/** Loads onnxruntime's native library. Throws a UserError that says what was tried. */
export async function loadRuntime(): Promise<Runtime> {
  silenceTelemetry();
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new UserError(
      `The engine onnxruntime cannot be loaded on ${process.platform}/${process.arch} with Node ${process.versions.node} (tried the package "onnxruntime-node": ${reason}); run "npm install" again on this machine, and see whether onnxruntime supports its platform.`,
      { cause },
    );
  }
}

/** How hard onnxruntime rewrites a graph before it runs. */
export type GraphOptimization = NonNullable<InferenceSession.SessionOptions['graphOptimizationLevel']>;

export interface SessionSettings {
  /** The CPU if left out. */
  readonly device?: Device;
  readonly threads: number;
  readonly optimization: GraphOptimization;
  /** Whether threads that wait leave their cores to other programs soon (`sharedCores.ts`); as onnxruntime has it if left out. */
  readonly sharesCores?: boolean;
}

/**
 * A session that runs one node after another. On the CPU each runs on all threads; on a GPU all run there: creation fails if
 * one would fall back to the CPU. Outputs `keptOnGpu` stay in buffers of the GPU, which only WebGPU's provider can do.
 */
export function createSession(
  runtime: Runtime,
  model: Uint8Array,
  settings: SessionSettings,
  keptOnGpu: readonly string[] = [],
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, sessionOptions(settings, keptOnGpu));
}

/** What `createSession` asks onnxruntime for. */
export function sessionOptions(
  { device = 'cpu', threads, optimization, sharesCores = false }: SessionSettings,
  keptOnGpu: readonly string[] = [],
): InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimization,
    logSeverityLevel: 3,
    extra: {
      optimization: { disable_specified_optimizers: skippedOptimizers },
      session: {
        ...(device === 'cpu' ? {} : { disable_cpu_ep_fallback: '1' }),
        ...(sharesCores ? sharedCores : {}),
      },
    },
    // DirectML does not take memory patterns.
    ...(device === 'dml' ? { enableMemPattern: false } : {}),
    ...(device === 'webgpu' && keptOnGpu.length > 0
      ? { preferredOutputLocation: Object.fromEntries(keptOnGpu.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
  };
}
