import { onFile } from '../../base/fileProblem';
import { pixelsOf, type Dataset, type DatasetInfo, type ImageSet } from '../dataset';
import { recordsOf } from './arrayFile';
import { pixelBytes, type ArrayPart, type ArrayRoles } from './arrayRoles';
import { fail } from './fail';
import { withArrays, type ArrayWish } from './lookAtArrays';
import { bytesOf, float32In, type ValueType } from './valueTypes';
import { areFinite } from '../../formats/tensor';

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Called with the images read so far, and all. */
  readonly onImages: (images: number, total: number) => void;
}

/**
 * Reads arrays into shared memory, as [count, channels, height, width]. Throws a UserError when an image has a value that is no
 * number, or the file is damaged.
 */
export function readArrays(
  path: string,
  wish: ArrayWish,
  { signal, onImages }: ReadOptions,
): Promise<{ info: DatasetInfo; dataset: Dataset }> {
  return onFile(path, () =>
    withArrays(path, wish, async ({ info, roles, trainingLabels, testLabels }) => {
      const total = trainingLabels.length + testLabels.length;
      let images = 0;
      const onImage = (): void => {
        if (images++ % 256 !== 0) return;
        signal.throwIfAborted();
        onImages(images, total);
      };
      const parts = [roles.training, ...(roles.validation ? [roles.validation] : [])];
      const training = await readParts(parts, trainingLabels, roles, path, onImage);
      const test = await readParts([roles.test], testLabels, roles, path, onImage);
      const { name, shape, classes, mean, std } = info;
      return { info, dataset: { name, shape, classes, mean, std, training, test } };
    }),
  );
}

async function readParts(
  parts: readonly ArrayPart[],
  labels: Uint16Array,
  { shape, layout, pixels: kind }: ArrayRoles,
  path: string,
  onImage: () => void,
): Promise<ImageSet> {
  const pixels = pixelsOf(shape);
  const memory = new SharedArrayBuffer(labels.length * pixels * pixelBytes[kind]);
  const images = kind === 'bytes' ? new Uint8Array(memory) : new Float32Array(memory);
  const area = shape.height * shape.width;
  const channels = layout === 'channels last' ? shape.channels : 1;
  let image = 0;
  for (const part of parts) {
    const type = part.images.type as ValueType;
    for await (const record of recordsOf(part.images.values(), pixels * bytesOf[type])) {
      const values = kind === 'bytes' ? record : float32In(record.buffer, type);
      if (image === labels.length) throw new Error('it has more images than it says');
      const target = images.subarray(image * pixels, (image + 1) * pixels);
      if (channels === 1) target.set(values);
      else apart(values, target, channels, area);
      if (kind === 'floats' && !areFinite(target))
        throw fail(path, `has a value that is no finite float32 number in image ${image} of "${part.images.name}"`);
      onImage();
      image++;
    }
  }
  if (image < labels.length) throw new Error('it has fewer images than it says');
  return { count: labels.length, images, labels: shared(labels) };
}

/** Channels that lie beside each other for every pixel, one after another. */
function apart(
  values: Uint8Array | Float32Array,
  target: Uint8Array | Float32Array,
  channels: number,
  area: number,
): void {
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let from = channel; from < channels * area; from += channels) target[to++] = values[from]!;
}

function shared(labels: Uint16Array): Uint16Array {
  const copy = new Uint16Array(new SharedArrayBuffer(2 * labels.length));
  copy.set(labels);
  return copy;
}
