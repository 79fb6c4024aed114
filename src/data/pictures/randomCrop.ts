import { randomStream } from '../../base/random';
import type { Crop } from './decodePicture';

/** A part of a picture, and whether it is mirrored left to right. */
export interface RandomCrop extends Crop {
  readonly flipped: boolean;
}

const tries = 10;
const leastArea = 0.08;
const ratios = [3 / 4, 4 / 3] as const;

/**
 * A part of 8 to 100 % of the area, 3/4 to 4/3 times as wide as high, as torchvision's RandomResizedCrop draws it, and a flip in
 * half of the cases. It follows from seed, epoch and the picture's index alone.
 */
export function randomCrop(
  { width, height }: { readonly width: number; readonly height: number },
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
  index: number,
): RandomCrop {
  const random = randomStream(seed, `augment epoch ${epoch} picture ${index}`);
  const flipped = random.below(2) === 1;
  for (let attempt = 0; attempt < tries; attempt++) {
    const area = width * height * (leastArea + (1 - leastArea) * random.uniform());
    const ratio = Math.exp(Math.log(ratios[0]) + Math.log(ratios[1] / ratios[0]) * random.uniform());
    const [columns, rows] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))];
    if (columns < 1 || rows < 1 || columns > width || rows > height) continue;
    const top = random.below(height - rows + 1);
    return { left: random.below(width - columns + 1), top, width: columns, height: rows, flipped };
  }
  return { ...middleOfRatio(width, height), flipped };
}

/** What torchvision takes when nothing drawn fits: the largest part in the middle whose ratio is allowed. */
function middleOfRatio(width: number, height: number): Crop {
  const columns = Math.min(width, Math.max(1, Math.round(height * ratios[1])));
  const rows = Math.min(height, Math.max(1, Math.round(width / ratios[0])));
  return { left: (width - columns) >> 1, top: (height - rows) >> 1, width: columns, height: rows };
}
