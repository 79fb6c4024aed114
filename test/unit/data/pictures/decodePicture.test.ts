import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePicture } from '../../../../src/data/pictures/decodePicture';
import { claimingPng, pictureBytes, plainPicture, writePictures } from '../../../fixtures/pictures';

const decoded = (bytes: Uint8Array, shorter = 8, channels: 1 | 3 = 3) =>
  decodePicture(join(writePictures({ picture: bytes }), 'picture'), { shorter, channels });

test('the shorter side has the wanted pixels, and the longer one what belongs to it', async () => {
  const { width, height, data } = await decoded(await pictureBytes(60, 30, 20, 'png'));
  expect([width, height, data.length]).toEqual([16, 8, 384]);
  expect([data[0], data.at(-1)]).toEqual([20, 235]);
});

test('of a picture that is much longer than high the middle is taken', async () => {
  const { width, height } = await decoded(await plainPicture(4000, 5, 'red').png().toBuffer());
  expect([width, height]).toEqual([32, 8]);
});

test.each([
  ['printing', () => plainPicture(40, 40, 'white').toColourspace('cmyk').jpeg()],
  ['16 bits and with alpha', () => plainPicture(40, 40, 'white').ensureAlpha(0.5).toColourspace('rgb16').png()],
  ['grey', () => plainPicture(40, 40, 'white').toColourspace('b-w').png()],
])('colours of %s become those of a screen', async (_, make) => {
  for (const channels of [1, 3] as const) {
    const { data } = await decoded(await make().toBuffer(), 8, channels);
    expect(data).toHaveLength(64 * channels);
    expect(Math.min(...data)).toBeGreaterThan(245);
  }
});

test('of an animation the first picture is taken', async () => {
  const frames = [
    await plainPicture(20, 20, 'black').png().toBuffer(),
    await plainPicture(20, 20, 'white').png().toBuffer(),
  ];
  const animation = await sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer();
  const { width, height, data } = await decoded(animation);
  expect([width, height]).toEqual([8, 8]);
  expect(Math.max(...data)).toBeLessThan(10);
});

test.each<[string, () => Uint8Array | Promise<Uint8Array>, RegExp]>([
  ['40,000 x 40,000 pixels in its header', () => claimingPng(40_000, 40_000), /pixel limit/],
  ['its end missing', async () => (await pictureBytes(90, 90, 9)).subarray(0, 400), /./],
  [
    'the form of a drawing',
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    /unsupported/,
  ],
  ['nothing in it', () => Buffer.alloc(0), /./],
])('a file with %s is refused with a reason', async (_, make, reason) => {
  await expect(decoded(await make())).rejects.toThrow(reason);
});
