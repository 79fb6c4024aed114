import { createRequire } from 'node:module';
import { UserError } from '../../base/errors';
import type { TensorflowInstallation } from './installation';

/** What a run of the binding gives back of a tensor; the values stay in TensorFlow until they are asked for. */
export interface TensorInfo {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** The part of the native half of @tensorflow/tfjs-node that runs whole graphs (binding/tfjs_binding.cc of version 4.22.0). */
export interface TensorflowBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  /** TensorFlow's own version. */
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
  /** Gives the tensor's id; may share the memory of the values, see `TensorMaker`. */
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  /** A copy of the values. */
  tensorDataSync(id: number): Float32Array | Int32Array;
  /** Opens a session on the graph in a folder with `saved_model.pb`; gives its id. */
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Runs what the outputs need, in this thread; names are separated by commas: `x:0,y:0`. */
  runSavedModel(id: number, inputIds: readonly number[], inputNames: string, outputNames: string): TensorInfo[];
}

export interface BindingSettings {
  readonly threads: number;
  /** Lets an NVIDIA GPU round the operands of convolutions and products to 10 bits of mantissa. */
  readonly tf32: boolean;
}

let loaded: { readonly file: string; readonly binding: TensorflowBinding } | undefined;

/**
 * Loads TensorFlow into this process; it stays there, with the settings of the first call.
 * Only the native file is loaded: the package's JavaScript half brings tfjs, which a whole graph does not need, and does not run
 * on Node 23 and later. Throws a UserError that says what to do.
 */
export function loadBinding(installation: TensorflowInstallation, settings: BindingSettings): TensorflowBinding {
  if (loaded?.file === installation.bindingFile) return loaded.binding;
  if (loaded) throw new Error('Another TensorFlow is already loaded in this process.');
  for (const [name, value] of Object.entries(environment(installation, settings))) process.env[name] ??= value;
  try {
    const binding = createRequire(installation.bindingFile)(installation.bindingFile) as TensorflowBinding;
    loaded = { file: installation.bindingFile, binding };
    return binding;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new UserError(
      `TensorFlow ${installation.tensorflowVersion} in ${installation.folder} cannot be loaded (${reason}); set it up again with "sfp engines setup --force${installation.gpu ? ' --gpu' : ''}".`,
      { cause },
    );
  }
}

/** TensorFlow reads its settings from the environment when it is loaded; what the user has set stays. */
function environment({ gpu }: TensorflowInstallation, { threads, tf32 }: BindingSettings): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads),
    // Its notes are not for the user of a training run; errors are thrown.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Off by default on processors without AVX-512, where it doubles the speed all the same.
    TF_ENABLE_ONEDNN_OPTS: '1',
    // Otherwise it takes the whole memory of the card.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    ...(gpu ? { TF_DETERMINISTIC_OPS: '1' } : {}),
    ...(gpu && !tf32 ? { NVIDIA_TF32_OVERRIDE: '0' } : {}),
  };
}
