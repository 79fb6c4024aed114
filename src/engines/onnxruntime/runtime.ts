import type * as onnxruntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../../errors';

export type Runtime = typeof onnxruntime;

/** Loads onnxruntime's native library. Throws a UserError that says what was tried. */
export async function loadRuntime(): Promise<Runtime> {
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
  readonly threads: number;
  readonly optimization: GraphOptimization;
}

/** A session on the CPU, one node after another, each on all threads. */
export function createSession(
  runtime: Runtime,
  model: Uint8Array,
  settings: SessionSettings,
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: settings.optimization,
    logSeverityLevel: 3,
  });
}
