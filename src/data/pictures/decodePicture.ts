import sharp from 'sharp';
import { openRegular } from '../../base/regularFile';
import type { Decoding, Pixels } from './pictureSet';

/** What is larger than any camera's picture is refused by its header, before memory is taken for it. */
const mostPixels = 64_000_000;
const mostBytes = 256 << 20;
/** Of longer ones the middle is taken. */
const mostRatio = 4;

// libvips reads dozens of formats; only those of pictures are let in, whatever a file is called. Pictures are decoded several
// at a time, so one of them needs no threads of its own, and none comes twice.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
sharp.concurrency(1);
sharp.cache(false);

/** Pictures that are decoded at a time: as many as Node has threads for it. */
export const decodedAtATime = 4;

/**
 * Decodes a file and makes it so small or large that its shorter side has the wanted pixels; alpha is dropped, and of an animation
 * the first picture taken. Throws an Error that says why it can't be decoded.
 */
export async function decodePicture(file: string, { shorter, channels }: Decoding): Promise<Pixels> {
  const bytes = await contentOf(file);
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: mostPixels });
  const { width, height } = await picture.metadata();
  const longest = mostRatio * Math.min(width, height);
  const middle = {
    left: Math.max(0, (width - longest) >> 1),
    top: Math.max(0, (height - longest) >> 1),
    width: Math.min(width, longest),
    height: Math.min(height, longest),
  };
  const { data, info } = await picture
    .extract(middle)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .removeAlpha()
    .resize({ width: shorter, height: shorter, fit: 'outside', kernel: 'linear' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels instead of ${channels}`);
  return { data, width: info.width, height: info.height };
}

/** A link, a pipe or a device is refused. */
async function contentOf(path: string): Promise<Buffer> {
  const file = await openRegular(path, 'read');
  try {
    const { size } = await file.stat();
    if (size > mostBytes) throw new Error('the file is larger than a picture can be');
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Part of a picture. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a decoded picture, made `size` pixels wide and high. */
export async function resizedCrop(
  { data, width, height }: Pixels,
  crop: Crop,
  size: number,
  channels: 1 | 3,
): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels } })
    .extract(crop)
    .resize({ width: size, height: size, fit: 'fill', kernel: 'linear' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
}
