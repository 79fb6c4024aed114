import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../src/base/random';
import { configSchema, runConfigSchema } from '../src/config/schema';
import { openBatchLoader } from '../src/data/batches/batches';
import { readyPictures, type PictureDataset } from '../src/data/pictures/readyPictures';
import { onnxruntimeEngine } from '../src/engines/onnxruntime';
import { engineSubjects, seed, type Workload } from './engineSubjects';
import { median, type Subject } from './subject';

export interface PicturesWish extends Workload {
  /** Made-up JPEGs in the folder. */
  readonly count: number;
  readonly size: number;
  readonly threads: number;
  readonly repeats: number;
  /** Of one subject in a repeat. */
  readonly seconds: number;
}

/**
 * What a folder of pictures costs: train steps on batches that are there, on batches of stored pictures and of pictures that are
 * decoded anew, and what the loader alone makes. Medians over repeats in which every subject has its turn.
 */
export async function picturesBench(wish: PicturesWish): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sfp-lab-bench-'));
  try {
    await makePictures(join(folder, 'pictures'), wish.count);
    const began = performance.now();
    const stored = await ready(folder, wish.size, 100);
    const decodingSeconds = (performance.now() - began) / 1000;
    const streamed = await ready(folder, wish.size, 0);
    const rates = await measured(stored, streamed, wish);
    const [bare] = rates;
    const lines = rates.map(
      ({ name, rate }) => `${name}: ${rate.toFixed(1)} images/s, ${(rate / bare!.rate).toFixed(3)} of the bare step`,
    );
    return [`${wish.count} pictures decoded once in ${decodingSeconds.toFixed(1)} s`, ...lines].join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** JPEGs of 500 x 375 pixels as ImageNet's are on average, of soft noise: about 40 kB each. */
async function makePictures(folder: string, count: number): Promise<void> {
  const classes = ['one', 'two'];
  for (const name of classes) await mkdir(join(folder, 'train', name), { recursive: true });
  const random = randomStream(seed, 'pictures');
  for (let index = 0; index < count; index++) {
    const coarse = Uint8Array.from({ length: 125 * 94 * 3 }, () => random.below(256));
    const picture = sharp(coarse, { raw: { width: 125, height: 94, channels: 3 } }).resize(500, 375);
    const file = join(folder, 'train', classes[index % 2]!, `${index}.jpg`);
    await writeFile(file, await picture.jpeg({ quality: 85 }).toBuffer());
  }
}

async function ready(folder: string, size: number, cacheGigabytes: number): Promise<PictureDataset> {
  const path = join(folder, 'pictures');
  const given = configSchema.parse({ data: { folder: path, size, cacheGigabytes } });
  const { data } = runConfigSchema.parse({ ...given, name: 'bench' });
  const { signal } = new AbortController();
  const quiet = { signal, onPictures: () => undefined, onWait: () => undefined };
  return (await readyPictures(path, data, { ...quiet, cache: join(folder, `cache-${cacheGigabytes}`) })).dataset;
}

async function measured(
  stored: PictureDataset,
  streamed: PictureDataset,
  wish: PicturesWish,
): Promise<{ name: string; rate: number }[]> {
  const engine = await onnxruntimeEngine({ threads: wish.threads });
  const [step, fromStore, evaluation] = (await engineSubjects(engine, stored, wish)) as [Subject, Subject, Subject];
  const [otherStep, anew, otherEvaluation] = (await engineSubjects(engine, streamed, wish)) as [
    Subject,
    Subject,
    Subject,
  ];
  const subjects = [
    step,
    { ...fromStore, name: 'train step, stored pictures' },
    { ...anew, name: 'train step, pictures decoded anew' },
    loaderAlone('loader alone, stored pictures', stored, wish),
    loaderAlone('loader alone, pictures decoded anew', streamed, wish),
  ];
  for (const subject of subjects) await subject.prepare();
  const rates = subjects.map((): number[] => []);
  for (let repeat = 0; repeat < wish.repeats; repeat++)
    for (const [index, subject] of subjects.entries()) rates[index]!.push(await subject.imagesPerSecond(wish.seconds));
  for (const subject of [...subjects, evaluation, otherStep, otherEvaluation]) await subject.dispose();
  return subjects.map(({ name }, index) => ({ name, rate: median(rates[index]!) }));
}

/** How many pictures a second the loader makes when nothing else is done. */
function loaderAlone(name: string, dataset: PictureDataset, { batchSize }: PicturesWish): Subject {
  const { training, shape, mean, std } = dataset;
  const loader = openBatchLoader({ images: training, shape, mean, std, batchSize });
  const order = Uint32Array.from({ length: training.count }, (_, index) => index);
  return {
    name,
    prepare: () => Promise.resolve(),
    imagesPerSecond: async (seconds) => {
      const began = performance.now();
      let images = 0;
      for await (const { count } of loader.epoch(order, { augment: { seed, epoch: 0 }, dropLast: true })) {
        images += count;
        if (performance.now() - began > 1000 * seconds) break;
      }
      return (1000 * images) / (performance.now() - began);
    },
    dispose: () => loader.dispose(),
  };
}
