import { createRequire } from 'node:module';
import type { InferenceSession } from 'onnxruntime-node';
import { runChild, type EndedChild } from '../../base/childProcess';
import { silenceTelemetry } from './telemetry';

export interface Feed {
  readonly type: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

export interface IsolatedRequest {
  readonly model: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
  readonly feeds: Readonly<Record<string, Feed>>;
}

/** What came of it, and all that onnxruntime and the drivers below it said meanwhile. */
export type IsolatedResult = { readonly log: string } & (
  | { readonly outputs: Readonly<Record<string, Float32Array>> }
  /** onnxruntime's own words, or how the process ended. */
  | { readonly failure: string }
);

const longestWait = 120_000;

/** A source text, as a bundle has no file of its own for it. */
const childScript = `
process.once('message', async ({ library, model, options, feeds }) => {
  const answer = (message) => process.send(message, () => process.exit());
  try {
    const onnxruntime = require(library);
    onnxruntime.env.logLevel = 'info';
    const session = await onnxruntime.InferenceSession.create(model, options);
    const tensor = ({ type, data, dims }) => new onnxruntime.Tensor(type, data, dims);
    const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)]));
    const results = await session.run(tensors);
    answer({ outputs: Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data.slice()])) });
  } catch (error) {
    answer({ failure: String(error?.message ?? error) });
  }
});`;

/**
 * Runs a model once in a process of its own, because a broken graphics driver may take its process along.
 * Vulkan's loader, where there is one, is asked to name the device that it opens.
 */
export async function runIsolated(request: IsolatedRequest): Promise<IsolatedResult> {
  silenceTelemetry();
  const library = createRequire(__filename).resolve('onnxruntime-node');
  const child = await runChild(process.execPath, ['-e', childScript], {
    message: { library, ...request },
    env: { VK_LOADER_DEBUG: 'all' },
    patience: longestWait,
  });
  const answer = child.answer as { outputs: Record<string, Float32Array> } | { failure: string } | undefined;
  return { ...(answer ?? { failure: ending(child) }), log: child.stderr };
}

function ending({ started, problem, code, endedBy }: EndedChild): string {
  if (!started) return problem ?? '';
  if (endedBy === 'SIGKILL') return `it gave no answer within ${longestWait / 1000} seconds, or was killed`;
  return `its process ended with ${endedBy ?? `code ${code}`}`;
}
