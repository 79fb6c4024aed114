import { UserError } from '../../base/errors';
import type { OnnxDocument } from '../../formats/onnx/document';
import { evaluationForm } from '../../formats/onnx/evaluationForm';
import type { TensorMap } from '../../formats/tensor';
import type { LayerGraph, Shape } from '../../network/graph';
import type { FileNetwork } from '../../network/import/onnx/importOnnx';
import { imageShape } from '../../network/shapes';
import { logitsDifference, noiseImages, type LogitsDifference } from '../logitsDifference';
import { physicalCores } from '../physicalCores';
import { forwardOnce } from './forwardOnce';
import { createSession, loadRuntime } from './runtime';

/** A network that was read from an ONNX file, with what is needed to run the file beside it. */
export interface CheckedImport {
  readonly graph: LayerGraph;
  readonly tensors: TensorMap;
  readonly file: FileNetwork;
}

/** Largest allowed difference, as a share of the range of the logits. */
const tolerance = 1e-5;
/** Large networks take a second for each, at the beginning of every run. */
const imageCount = 2;

/**
 * Runs an imported network in evaluation, and its file in onnxruntime, on images of random noise. Throws a UserError where their
 * logits differ by more than 1e-5 of their range, or onnxruntime does not take the file.
 */
export async function checkImport(document: OnnxDocument, imported: CheckedImport): Promise<LogitsDifference> {
  const shape = imageShape(imported.graph);
  const count = imported.file.batch ?? imageCount;
  const images = noiseImages(shape, count);
  const compared = Math.min(count, imageCount);
  const wanted = await fileLogits(document, imported.file, { images, count, shape });
  const logits = await ownLogits(imported, images, compared);
  return agreed(logits, wanted.subarray(0, (wanted.length / count) * compared), compared, document.file);
}

interface Images {
  readonly images: Float32Array;
  readonly count: number;
  readonly shape: Shape;
}

async function fileLogits(
  document: OnnxDocument,
  { images: input, channelsLast, logits }: FileNetwork,
  { images, count, shape }: Images,
): Promise<Float32Array> {
  const runtime = await loadRuntime();
  const { channels, height, width } = shape;
  const tensor = channelsLast
    ? new runtime.Tensor('float32', withChannelsLast(images, count, shape), [count, height, width, channels])
    : new runtime.Tensor('float32', images, [count, channels, height, width]);
  try {
    const threads = await physicalCores();
    const { model, weights } = evaluationForm(document, logits);
    const session = await createSession(runtime, model, { threads, optimization: 'all' });
    try {
      const feeds = [...weights].map(
        ([name, { shape, data }]) => [name, new runtime.Tensor('float32', data, shape)] as const,
      );
      const output = (await session.run({ [input]: tensor, ...Object.fromEntries(feeds) }))[logits];
      if (!(output?.data instanceof Float32Array)) throw new Error('it gives no float32 result');
      return output.data;
    } finally {
      await session.release();
    }
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    throw new UserError(
      `onnxruntime does not run ${document.file}, so that nothing tells whether it was read rightly: ${reason}. Export it again.`,
      { file: document.file, cause },
    );
  }
}

async function ownLogits(
  { graph, tensors }: CheckedImport,
  images: Float32Array,
  count: number,
): Promise<Float32Array> {
  const { channels, height, width } = imageShape(graph);
  const used = images.subarray(0, count * channels * height * width);
  return forwardOnce(await loadRuntime(), graph, tensors, { images: used, count, threads: await physicalCores() });
}

function withChannelsLast(images: Float32Array, count: number, { channels, height, width }: Shape): Float32Array {
  const places = height * width;
  const turned = new Float32Array(images.length);
  for (let image = 0; image < count; image++)
    for (let channel = 0; channel < channels; channel++)
      for (let place = 0; place < places; place++)
        turned[(image * places + place) * channels + channel] = images[(image * channels + channel) * places + place]!;
  return turned;
}

function agreed(logits: Float32Array, wanted: Float32Array, images: number, file: string): LogitsDifference {
  const found = logitsDifference(logits, wanted, images);
  const { largestDifference, logitsRange } = found;
  if (logits.length !== wanted.length || !(largestDifference <= tolerance * logitsRange))
    throw new UserError(
      `The network that was read from ${file} gives logits that differ by ${largestDifference} from the file’s own in onnxruntime, in a range of ${logitsRange}; nothing is trained with it. Please report this with the file.`,
      { file },
    );
  return found;
}
