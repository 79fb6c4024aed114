import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { Batch, BatchResult, CompileOptions, Importance } from '../../src/engines/engine';
import type { OnnxruntimeDevice, OnnxruntimeOptions, WebgpuAdapter } from '../../src/engines/onnxruntime';
import type { LayerGraph } from '../../src/network/graph';
import type { NetworkState } from '../../src/network/state';

/** SwiftShader, the software adapter of Chromium: WebGPU on machines without a GPU, slow but right. */

export interface TrainingTask {
  readonly engine: OnnxruntimeOptions;
  readonly network: LayerGraph;
  readonly options: CompileOptions;
  readonly start: NetworkState;
  readonly steps: readonly { readonly batch: Batch; readonly learningRate: number }[];
  readonly evaluation: Batch;
  /** Rows that are held after the first step: 1 = trained, 0 = held. */
  readonly held?: ReadonlyMap<string, Uint8Array>;
}

export interface TrainingResult {
  readonly device: string;
  readonly results: readonly BatchResult[];
  readonly logits: Float32Array;
  readonly state: NetworkState;
  readonly importance: Importance;
  /** Logits of the same images after the start has been written again. */
  readonly logitsOfStart: Float32Array;
}

export interface Findings {
  readonly listed: readonly OnnxruntimeDevice[];
  readonly webgpu: WebgpuAdapter;
  /** The message of the error that the engine throws when no software adapter is asked for, or null. */
  readonly refusal: string | null;
  /** Text of the device when one is asked for. */
  readonly device: string;
}

export interface Tasks {
  findings: () => Promise<Findings>;
  /** The message of the error that a session on WebGPU gives for a model of one such operator, or null. */
  refusedOperator: (operator: string) => Promise<string | null>;
  training: (task: TrainingTask) => Promise<TrainingResult>;
}

export interface Request {
  readonly task: keyof Tasks;
  readonly parameters: readonly unknown[];
}

export type Answer = { readonly value: unknown } | { readonly failure: string };

const places = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];
const driver = places.find((path) => existsSync(path));

/** Why these tests cannot run on this machine; null where they can. */
export const missing: string | null =
  driver === undefined ? `SwiftShader is not in any of ${places.join(', ')}: install chromium.` : null;

const repository = join(import.meta.dirname, '../..');

/** Does one of the tasks in a process with SwiftShader as its only graphics adapter: drivers are chosen when a process starts. */
export async function withSwiftShader<Name extends keyof Tasks>(
  task: Name,
  ...parameters: Parameters<Tasks[Name]>
): Promise<Awaited<ReturnType<Tasks[Name]>>> {
  if (driver === undefined) throw new Error(missing ?? '');
  // Inside the repository, so that Node finds the engine's library.
  const outfile = join(repository, '.cache', 'test-webgpu', 'swiftShaderProgram.js');
  await build({
    entryPoints: [join(import.meta.dirname, 'swiftShaderProgram.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  const environment = {
    ...process.env,
    VK_DRIVER_FILES: driver,
    XDG_RUNTIME_DIR: '/tmp',
    // Chromium brings Vulkan's loader along, which not every machine without a GPU has.
    LD_LIBRARY_PATH: dirname(driver),
  };
  const answer = await answerOf(outfile, environment, { task, parameters });
  if ('failure' in answer) throw new Error(answer.failure);
  return answer.value as Awaited<ReturnType<Tasks[Name]>>;
}

function answerOf(script: string, env: NodeJS.ProcessEnv, request: Request): Promise<Answer> {
  return new Promise((resolve) => {
    const child = fork(script, { env, execArgv: [], serialization: 'advanced', silent: true });
    let [answer, output]: [Answer | null, string] = [null, ''];
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('message', (message) => {
      answer = message as Answer;
    });
    child.on('close', (code) => {
      resolve(answer ?? { failure: `The process ended with code ${code}: ${output.slice(-2000)}` });
    });
    child.send(request);
  });
}
