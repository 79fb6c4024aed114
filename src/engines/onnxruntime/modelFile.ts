import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../../base/errors';
import { sizeOf } from '../../formats/tensor';
import { physicalCores } from '../physicalCores';
import { createSession, loadRuntime, type Runtime } from './runtime';

export interface ModelFileOptions {
  /** CPU threads; one for each physical core if left out. */
  readonly threads?: number;
}

/** A model from an ONNX file, on the CPU, as any program with onnxruntime would run it. Calls must not overlap. */
export interface ModelFile {
  /** Extents of one image, as the file gives them. */
  readonly imageExtents: readonly number[];
  /** First output [count, …] of float32 images [count, …]. Throws an Error when there are fewer values than `count` images have. */
  predict(images: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens the bytes of an ONNX file that has one input of images, [batch, channels, height, width].
 * Throws a UserError when onnxruntime can't be loaded or refuses the model, with what it says.
 */
export async function openModelFile(bytes: Uint8Array, { threads }: ModelFileOptions = {}): Promise<ModelFile> {
  const runtime = await loadRuntime();
  const settings = { threads: threads ?? (await physicalCores()), optimization: 'all' } as const;
  try {
    const session = await createSession(runtime, bytes, settings);
    return new OpenedModel(runtime, session);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    throw new UserError(`onnxruntime does not take the ONNX model: ${reason}.`, { cause });
  }
}

class OpenedModel implements ModelFile {
  readonly imageExtents: readonly number[];
  readonly #input: string;
  readonly #output: string;

  constructor(
    private readonly runtime: Runtime,
    private readonly session: InferenceSession,
  ) {
    const [input, ...others] = session.inputMetadata;
    const [output] = session.outputNames;
    if (!input?.isTensor || others.length > 0 || output === undefined)
      throw new UserError('The ONNX model has not one input of images and an output.');
    const extents = input.shape.slice(1).filter((extent) => typeof extent === 'number');
    if (extents.length !== 3 || input.shape.length !== 4)
      throw new UserError('The input of the ONNX model is not [batch, channels, height, width].');
    this.imageExtents = extents;
    this.#input = input.name;
    this.#output = output;
  }

  async predict(images: Float32Array, count: number): Promise<Float32Array> {
    const size = count * sizeOf(this.imageExtents);
    if (images.length < size) throw new Error(`${count} images need ${size} values, but got ${images.length}.`);
    const tensor = new this.runtime.Tensor('float32', images.subarray(0, size), [count, ...this.imageExtents]);
    const output = (await this.session.run({ [this.#input]: tensor }))[this.#output];
    if (!(output?.data instanceof Float32Array)) throw new Error('The model gave no float32 result.');
    return output.data;
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}
