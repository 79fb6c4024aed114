import { UserError } from '../base/errors';
import { logitsDifference, noiseImages, type LogitsDifference } from '../engines/logitsDifference';
import { openModelFile } from '../engines/onnxruntime/modelFile';
import { areFinite } from '../formats/tensor';
import { imageShape } from '../network/shapes';
import type { Exportable } from './exportable';
import { plainLogits } from './plainLogits';

/** Largest allowed difference, as a share of the range of the logits. */
const tolerance = 1e-4;
const imageCount = 4;

/**
 * Runs an ONNX file in onnxruntime on images of random noise and compares its logits with plain arithmetic in double precision.
 * Throws a UserError where they differ by more than 1e-4 of their range.
 */
export async function checkOnnx(bytes: Uint8Array, { graph, tensors }: Exportable): Promise<LogitsDifference> {
  const strange = [...tensors].find(([, { data }]) => !areFinite(data));
  if (strange)
    throw new UserError(
      `The weights hold values that are not finite ("${strange[0]}"), so the network gives no logits and was not written; choose an earlier checkpoint with --what.`,
    );
  const images = noiseImages(imageShape(graph), imageCount);
  const wanted = plainLogits(graph, tensors, images, imageCount);
  const file = await openModelFile(bytes);
  try {
    return agreed(await file.predict(images, imageCount), wanted);
  } finally {
    await file.dispose();
  }
}

function agreed(logits: Float32Array, wanted: Float64Array): LogitsDifference {
  const found = logitsDifference(logits, wanted, imageCount);
  const { largestDifference, logitsRange } = found;
  // Logits that are all equal, as an untrained network's can be, have no range, hence the floor of 1.
  if (logits.length !== wanted.length || !(largestDifference <= tolerance * Math.max(logitsRange, 1)))
    throw new UserError(
      `In onnxruntime the ONNX file gives logits that differ by ${largestDifference} from the network's, in a range of ${logitsRange}; it was not written. Please report this with your run.`,
    );
  return found;
}
