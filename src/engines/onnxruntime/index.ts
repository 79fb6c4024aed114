import { cpus } from 'node:os';
import type { LayerGraph } from '../../network/graph';
import type { CompileOptions, Engine } from '../engine';
import { physicalCores } from '../physicalCores';
import { compileNetwork } from './compiledNetwork';
import { usableConvolutions } from './usableConvolutions';
import { loadRuntime, type GraphOptimization } from './runtime';

export interface OnnxruntimeOptions {
  /** CPU threads; one for each physical core if left out. */
  readonly threads?: number | null;
  /** How hard onnxruntime rewrites our graphs; all it can if left out. */
  readonly optimization?: GraphOptimization;
  /** `blocked` are several times faster; a check before compiling decides if left out. */
  readonly convolutions?: 'blocked' | 'plain';
}

/** onnxruntime on the CPU: comes with `npm install` alone. Throws a UserError where its native library cannot be loaded. */
export async function onnxruntimeEngine(options: OnnxruntimeOptions = {}): Promise<Engine> {
  const runtime = await loadRuntime();
  const threads = options.threads ?? (await physicalCores());
  const sessions = { threads, optimization: options.optimization ?? 'all' };
  return {
    description: {
      name: 'onnxruntime',
      device: `CPU (${cpus()[0]?.model.trim() ?? process.arch}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`,
      versions: { 'onnxruntime-node': runtime.env.versions.node ?? 'unknown', node: process.versions.node },
    },
    // Checked when a network is compiled, as one who only asks what the engine is need not wait for it.
    compile: async (graph: LayerGraph, compileOptions: CompileOptions) => {
      const convolutions = await usableConvolutions(runtime, sessions, options.convolutions);
      return compileNetwork(runtime, graph, compileOptions, { ...sessions, convolutions });
    },
  };
}
