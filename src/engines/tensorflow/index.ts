import type { Engine } from '../engine';
import { cpuText } from '../cpuText';
import { physicalCores } from '../physicalCores';
import { loadBinding } from './binding';
import { compileNetwork } from './compiledNetwork';
import type { TensorflowInstallation } from './installation';
import type { DataFormat } from './layout';

export interface TensorflowOptions {
  readonly installation: TensorflowInstallation;
  /** CPU threads; one for each physical core if left out. */
  readonly threads?: number | null;
  /** Faster and less exact products on an NVIDIA GPU; off if left out. */
  readonly tf32?: boolean;
  /** Layout of activations; what suits the device if left out. */
  readonly dataFormat?: DataFormat;
}

/**
 * TensorFlow through the binding of @tensorflow/tfjs-node or tfjs-node-gpu, a whole graph a step.
 * Throws a UserError where the installation cannot be loaded.
 */
export async function tensorflowEngine(options: TensorflowOptions): Promise<Engine> {
  const { installation, tf32 = false } = options;
  const threads = options.threads ?? (await physicalCores());
  const binding = loadBinding(installation, { threads, tf32 });
  const onGpu = binding.isUsingGpuDevice();
  const dataFormat = options.dataFormat ?? (onGpu ? 'NCHW' : 'NHWC');
  return {
    description: {
      name: 'tensorflow',
      device: onGpu ? `GPU (CUDA${tf32 ? ', TF32' : ''})` : cpuText(threads),
      threads: onGpu ? null : threads,
      versions: {
        tensorflow: binding.TF_Version,
        [installation.packageName]: installation.packageVersion,
        node: process.versions.node,
      },
    },
    compile: (graph, compileOptions) => compileNetwork(binding, graph, compileOptions, dataFormat),
  };
}
