import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { configSchema, runConfigSchema, type RunConfig } from '../../../../src/config/schema';
import type { Batch } from '../../../../src/data/batches/batchPass';
import { picturePasses } from '../../../../src/data/batches/picturePass';
import { readyPictures } from '../../../../src/data/pictures/readyPictures';
import { claimingPng, pictureBytes, plainPicture, twoClasses, writePictures } from '../../../fixtures/pictures';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const { signal } = new AbortController();
let files: Record<string, Uint8Array>;
beforeAll(async () => {
  files = await twoClasses({ dark: 9, light: 4 });
});

const settings = (data: Partial<RunConfig['data']>): RunConfig['data'] =>
  runConfigSchema.parse({ ...configSchema.parse({}), name: 'x', data: { folder: './pictures', size: 16, ...data } })
    .data;

/** Ready for training, and how many pictures were decoded for it. */
async function ready(folder: string, data: Partial<RunConfig['data']> = {}, cache = temporaryFolder()) {
  let decoded = 0;
  const onPictures = (): void => {
    decoded++;
  };
  const made = await readyPictures(folder, settings(data), { cache, signal, onPictures, onWait: () => undefined });
  return { ...made, decoded, cache };
}

async function batchOf({ dataset }: Awaited<ReturnType<typeof ready>>, augment: boolean): Promise<Batch> {
  const order = Uint32Array.from({ length: dataset.training.count }, (_, index) => index);
  const start = picturePasses(dataset.training, { ...dataset, batchSize: order.length });
  const pass = start(order, { augment: augment ? { seed: 1, epoch: 3 } : null, dropLast: false, from: 0 });
  const batch = await pass.next();
  expect(await pass.next()).toBeNull();
  return batch!;
}

describe('pictures', () => {
  test('are decoded once, and again only where a file is another one', async () => {
    const folder = writePictures(files);
    const first = await ready(folder);
    expect(first.decoded).toBe(13);
    expect((await ready(folder, {}, first.cache)).decoded).toBe(0);
    utimesSync(join(folder, 'train/dark/0.jpeg'), 1, 1);
    expect((await ready(folder, {}, first.cache)).decoded).toBe(13);
  });

  test('give the same batches from the store as decoded anew, with augmentations and without', async () => {
    const folder = writePictures(files);
    const stored = await ready(folder);
    const streamed = await ready(folder, { cacheGigabytes: 0 });
    const half = await ready(folder, { cacheGigabytes: 5e-6 });
    const offsets = [stored, streamed, half].map(({ dataset }) => [...dataset.training.stored.offsets]);
    expect(offsets[0]!.every((offset) => offset >= 0)).toBe(true);
    expect(offsets[1]!.every((offset) => offset === -1)).toBe(true);
    expect(offsets[2]!.some((offset) => offset >= 0) && offsets[2]!.includes(-1)).toBe(true);
    for (const augment of [true, false]) {
      const reference = await batchOf(stored, augment);
      expect(await batchOf(streamed, augment)).toEqual(reference);
      expect(await batchOf(half, augment)).toEqual(reference);
    }
  });

  test('for evaluation are the middle of the picture, normalised', async () => {
    const plain = await plainPicture(50, 90, 'rgb(255,0,51)').png().toBuffer();
    const folder = writePictures({ 'train/a/1.png': plain, 'train/b/1.png': plain, 'test/a/1.png': plain });
    const { images, labels } = await batchOf(await ready(folder, { mean: [0, 0, 0.5], std: [1, 1, 0.5] }), false);
    expect([...labels]).toEqual([0, 1]);
    [1, 0, -0.6].forEach((value, channel) => {
      for (const pixel of images.subarray(256 * channel, 256 * channel + 256)) expect(pixel).toBeCloseTo(value, 5);
    });
  });

  test('of one channel train with one channel and with three', async () => {
    const grey = await plainPicture(30, 30, 'white').toColourspace('b-w').png().toBuffer();
    const folder = writePictures({ 'train/a/1.png': grey, 'train/b/1.png': grey, 'test/a/1.png': grey });
    for (const channels of [1, 3] as const) {
      const made = await ready(folder, { channels, mean: [0], std: [1] });
      expect(made.info.shape).toEqual({ channels, height: 16, width: 16 });
      const { images } = await batchOf(made, true);
      expect(images).toHaveLength(2 * 256 * channels);
      for (const value of images) expect(value).toBeCloseTo(1, 5);
    }
  });

  test('are mirrored in half of the cases', async () => {
    const made = await ready(writePictures(await twoClasses({ dark: 40, light: 2 })), { mean: [0.5], std: [1] });
    const { images, labels } = await batchOf(made, true);
    // Of crops that have both halves in them the darker one is on the left, or in the mirror on the right.
    const isMirrored = [...labels].flatMap((label, image) => {
      const [left, right] = [images[768 * image]!, images[768 * image + 15]!];
      return label === 0 && Math.abs(left - right) > 0.3 ? [left > right] : [];
    });
    expect(new Set(isMirrored)).toEqual(new Set([true, false]));
  });

  test('of another folder make room, unless somebody uses them', async () => {
    const data = { cacheGigabytes: 5e-6 };
    const { cache } = await ready(writePictures(files), data);
    const stores = join(cache, 'datasets', 'pictures');
    const names = (): string[] => readdirSync(stores).filter((name) => !name.includes('.'));
    const [first] = names();
    await ready(writePictures(files), data, cache);
    expect(names()).toHaveLength(2);
    rmSync(join(stores, `${first}.uses`), { recursive: true });
    await ready(writePictures(files), data, cache);
    expect(names()).toHaveLength(2);
    expect(names()).not.toContain(first);
  });

  test('in a store that was cut short are decoded again', async () => {
    const folder = writePictures(files);
    const { cache } = await ready(folder);
    const stores = join(cache, 'datasets', 'pictures');
    const [store] = readdirSync(stores).filter((name) => !name.includes('.'));
    const file = join(stores, store!, 'pictures.bin');
    truncateSync(file, statSync(file).size - 1);
    expect((await ready(folder, {}, cache)).decoded).toBe(13);
    // The first picture lies where the file has none.
    const places = join(stores, store!, 'places.bin');
    const bytes = readFileSync(places);
    bytes.writeDoubleLE(1e12, 0);
    writeFileSync(places, bytes);
    expect((await ready(folder, {}, cache)).decoded).toBe(13);
  });
});

describe('broken pictures', () => {
  const broken = async (): Promise<string> =>
    writePictures({
      ...files,
      'train/dark/bomb.png': claimingPng(30_000, 30_000),
      'train/light/cut.jpg': (await pictureBytes(60, 60, 9)).subarray(0, 300),
      'train/light/drawing.png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'train/light/text.jpg': Buffer.from('not a picture'),
    });

  test('are counted, and three of them named with the reason', async () => {
    await expect(ready(await broken())).rejects.toThrow(
      /^Of the 17 pictures in .*, 4 can’t be decoded: .* and 1 more: mend or delete them, or leave such pictures out with "data\.skipBroken"\.$/,
    );
  });

  test('are left out where the config says so', async () => {
    const { dataset, note } = await ready(await broken(), { skipBroken: true });
    expect(dataset.training.broken.length + dataset.test.broken.length).toBe(4);
    expect(note).toContain('4 can’t be decoded');
    const names = dataset.training.broken.map((index) => dataset.training.files[index]);
    expect(names.every((name) => /bomb|cut|drawing|text/.test(name!))).toBe(true);
  });

  test('that are all of a class are told', async () => {
    const folder = writePictures({ ...files, 'train/none/1.jpg': Buffer.from('no') });
    await expect(ready(folder, { skipBroken: true })).rejects.toThrow('No training picture of the class "none"');
  });

  test('that broke while training goes on are named', async () => {
    const folder = writePictures(files);
    const made = await ready(folder, { cacheGigabytes: 0 });
    const file = made.dataset.training.files[0]!;
    writeFileSync(join(folder, file), 'gone');
    await expect(batchOf(made, true)).rejects.toThrow(`the picture ${file} has changed since training began`);
  });
});
