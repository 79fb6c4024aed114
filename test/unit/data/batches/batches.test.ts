import { rmSync } from 'node:fs';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { drawAugmentations, fillImages, normalisationTables } from '../../../../src/data/batches/augment';
import { type Batch, type BatchLoader, openBatchLoader, type PassOptions } from '../../../../src/data/batches/batches';
import type { FileImageSet, ImageSet } from '../../../../src/data/dataset';
import { buildBatchWorker } from '../../../fixtures/batchWorker';

const shape = { channels: 3, height: 6, width: 5 };
const pixels = 90;
const mean = [100, 110, 120];
const std = [50, 60, 70];

const folder = mkdtempSync(join(tmpdir(), 'sfp-lab-'));
let workerScript: string;
beforeAll(async () => {
  workerScript = await buildBatchWorker(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const count = 23;
const set: ImageSet = {
  count,
  images: Uint8Array.from({ length: count * pixels }, (_, index) => (index * 7919) % 256),
  labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
};
const order = Uint32Array.from({ length: count }, (_, index) => (index * 5) % count);

/** The same images in a file, behind something else. */
function inFile(bytes = count * pixels): FileImageSet {
  const file = join(folder, `images-${bytes}.bin`);
  writeFileSync(file, Buffer.concat([Buffer.alloc(77, 1), (set.images as Uint8Array).subarray(0, bytes)]));
  return { count, file, offset: 77, labels: set.labels as Uint8Array };
}

interface Changes {
  images?: FileImageSet;
  workerScript?: string;
  ahead?: number;
}

function loader(batchSize: number, changes: Changes = {}): BatchLoader {
  const opened = openBatchLoader({ images: set, shape, mean, std, batchSize, workerScript, ...changes });
  onTestFinished(() => opened.dispose());
  return opened;
}

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const taken: Batch[] = [];
  for await (const batch of batches) taken.push(batch);
  return taken;
}

/** All images of a pass in one row, and their labels. */
async function joined(loaded: BatchLoader, options?: PassOptions) {
  const batches = await all(loaded.epoch(order, options));
  return {
    images: batches.flatMap(({ images }) => [...images]),
    labels: batches.flatMap(({ labels }) => [...labels]),
  };
}

describe('batches', () => {
  test('hold the images of the order, changed as the pure function says', async () => {
    const { images, labels } = await joined(loader(4), { augment: { seed: 3, epoch: 2 } });
    const expected = new Float32Array(count * pixels);
    const source = { images: set.images as Uint8Array, shape, tables: normalisationTables(mean, std) };
    fillImages(expected, source, order, 0, count, drawAugmentations(count, 3, 2));
    expect(images).toEqual([...expected]);
    expect(labels).toEqual([...order].map((index) => index % 10));
  });

  test('of images in a file are those of images in memory, from any place on', async () => {
    for (const options of [{ augment: { seed: 3, epoch: 2 } }, { augment: { seed: 3, epoch: 2 }, from: 5 }, {}])
      expect(await joined(loader(4, { images: inFile() }), options)).toEqual(await joined(loader(4), options));
  });

  test('tell where the file is too short, or not there', async () => {
    const cut = joined(loader(4, { images: inFile(count * pixels - 1) }));
    await expect(cut).rejects.toThrow('the decoded data set in the cache was cut short; start again');
    const missing = { ...inFile(), file: join(folder, 'missing.bin') };
    await expect(joined(loader(4, { images: missing }))).rejects.toThrow('ENOENT');
  });

  test('do not depend on batch size, on what is made ahead or on how slow the consumer is', async () => {
    const augment = { seed: 1, epoch: 0 };
    const reference = await joined(loader(1, { ahead: 1 }), { augment });
    expect(await joined(loader(7, { ahead: 9 }), { augment })).toEqual(reference);
    const slow: Batch[] = [];
    for await (const batch of loader(3).epoch(order, { augment })) {
      slow.push(batch);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(slow.flatMap(({ images }) => [...images])).toEqual(reference.images);
  });

  test('differ from epoch to epoch and from seed to seed', async () => {
    const opened = loader(8);
    const first = await joined(opened, { augment: { seed: 1, epoch: 0 } });
    expect(await joined(opened, { augment: { seed: 1, epoch: 1 } })).not.toEqual(first);
    expect(await joined(opened, { augment: { seed: 2, epoch: 0 } })).not.toEqual(first);
    expect(await joined(opened, { augment: { seed: 1, epoch: 0 } })).toEqual(first);
  });

  test('end with a smaller one, or without it', async () => {
    const opened = loader(5);
    const counts = async (options?: PassOptions) =>
      (await all(opened.epoch(order, options))).map((batch) => batch.count);
    expect(await counts()).toEqual([5, 5, 5, 5, 3]);
    expect(await counts({ dropLast: true })).toEqual([5, 5, 5, 5]);
    expect(await all(opened.epoch(new Uint32Array(0)))).toEqual([]);
    expect(await all(loader(30).epoch(order, { dropLast: true }))).toEqual([]);
  });

  test('belong to the consumer: later ones do not change earlier ones', async () => {
    const batches = await all(loader(10).epoch(order));
    expect(batches[0]!.images).toHaveLength(10 * pixels);
    expect(batches[0]!.images[0]).toBeCloseTo((set.images[0]! - 100) / 50);
  });

  test('of two passes at once come apart', async () => {
    const opened = loader(4);
    const augment = { seed: 5, epoch: 5 };
    const [plain, changed] = await Promise.all([joined(opened), joined(opened, { augment })]);
    expect(plain).toEqual(await joined(opened));
    expect(changed).toEqual(await joined(opened, { augment }));
  });

  test('are no longer made when the consumer breaks off, and the loader goes on', async () => {
    const opened = loader(4);
    for await (const batch of opened.epoch(order)) {
      expect(batch.count).toBe(4);
      break;
    }
    expect(await all(opened.epoch(order))).toHaveLength(6);
  });
});

describe('errors reach the consumer', () => {
  test('an image that is not there, and the loader goes on', async () => {
    const opened = loader(4);
    await expect(all(opened.epoch(Uint32Array.of(1, 23)))).rejects.toThrow('image 23 was asked for, but there are 23');
    expect(await all(opened.epoch(order))).toHaveLength(6);
  });

  test('a script that is missing', async () => {
    await expect(all(loader(4, { workerScript: join(folder, 'none.js') }).epoch(order))).rejects.toThrow(
      /thread that makes batches failed.*none\.js/,
    );
  });

  test('a thread that dies', async () => {
    const script = join(folder, 'dies.js');
    writeFileSync(
      script,
      "require('node:worker_threads').parentPort.once('message', () => { throw new Error('ouch') })",
    );
    const opened = loader(4, { workerScript: script });
    await expect(all(opened.epoch(order))).rejects.toThrow('failed: ouch');
    await expect(all(opened.epoch(order))).rejects.toThrow('failed: ouch');
  });

  test('a loader that was disposed of', async () => {
    const opened = loader(4);
    const batches = opened.epoch(order)[Symbol.asyncIterator]();
    await batches.next();
    await opened.dispose();
    const rest = async () => {
      while (!(await batches.next()).done);
    };
    await expect(rest()).rejects.toThrow('has ended');
    await expect(all(opened.epoch(order))).rejects.toThrow('has ended');
  });
});
