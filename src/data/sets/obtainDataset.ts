import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from 'npm-registry-fetch';
import { UserError } from '../../base/errors';
import { decodedBytes, digestOf } from '../cache/cacheFile';
import type { KnownDatasetInfo, DecodedImages } from '../dataset';
import { failureReason } from '../../download/failure';
import { npmSettings } from '../../download/npmSettings';
import { download, type Patience } from '../../download/resumableDownload';
import { decodeSource } from '../formats/decode';
import { cacheProblem } from '../../base/fileProblem';
import type { OnProgress } from '../progress';
import type { Source } from './sources';

export interface ObtainOptions {
  /** Where downloads are kept until they are decoded. */
  readonly folder: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

/** Decoded images, and what to do once they are safe. */
export interface Obtained {
  readonly images: DecodedImages;
  /** Removes the downloads that this call made; files put there by hand stay. */
  readonly clean: () => Promise<void>;
}

/**
 * Gets the images from the first source that has them. Sources whose files are in the folder already come first.
 * Throws a UserError that tells of every source when all of them fail.
 */
export async function obtainDataset(
  info: KnownDatasetInfo,
  sources: readonly Source[],
  options: ObtainOptions,
): Promise<Obtained> {
  await mkdir(options.folder, { recursive: true });
  const settings = await npmSettings();
  const failures: string[] = [];
  for (const source of await localFirst(sources, options.folder)) {
    try {
      return await obtainFrom(source, info, settings, options);
    } catch (error) {
      options.signal.throwIfAborted();
      // With an unusable folder every other source would fail too.
      if (cacheProblem(error, options.folder)) throw error;
      const failure = `${source.label}: ${failureReason(error)}`;
      failures.push(failure);
      options.onProgress({ phase: 'downloading', source: source.label, bytes: 0, total: 0, note: `${failure}.` });
    }
  }
  throw new UserError(
    `${info.title} could not be fetched (${failures.join('; ')}): check the network and proxy settings and try again, ` +
      `or put ${filesByHand(sources)} into ${options.folder} by hand.`,
  );
}

async function localFirst(sources: readonly Source[], folder: string): Promise<Source[]> {
  const local = await Promise.all(
    sources.map(async ({ files }) => {
      const found = await Promise.all(files.map(({ name }) => exists(join(folder, name))));
      return found.every(Boolean);
    }),
  );
  return [...sources.filter((_, index) => local[index]), ...sources.filter((_, index) => !local[index])];
}

async function obtainFrom(
  source: Source,
  info: KnownDatasetInfo,
  settings: Options,
  options: ObtainOptions,
): Promise<Obtained> {
  const paths = source.files.map(({ name }) => join(options.folder, name));
  const byHand = await Promise.all(paths.map(exists));
  await downloadAll(source, paths, settings, options);
  const images = await decodeVerified(source, paths, info, options);
  const ours = paths.filter((_, index) => !byHand[index]);
  const clean = async (): Promise<void> => {
    await Promise.all(ours.map((path) => rm(path, { force: true })));
  };
  return { images, clean };
}

async function downloadAll(
  source: Source,
  paths: readonly string[],
  settings: Options,
  { onProgress, signal, patience }: ObtainOptions,
): Promise<void> {
  const total = source.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const [index, file] of source.files.entries()) {
    let bytes = before;
    const tell = (phase: 'downloading' | 'verifying', note?: string): void => {
      onProgress({ phase, source: source.label, bytes, total, ...(note !== undefined && { note }) });
    };
    await download(file, paths[index]!, {
      settings,
      signal,
      onBytes: (ofFile) => {
        bytes = before + ofFile;
        tell('downloading');
      },
      onVerify: () => {
        tell('verifying');
      },
      onNote: (note) => {
        tell('downloading', note);
      },
      ...(patience && { patience }),
    });
    before += file.bytes;
  }
}

async function decodeVerified(
  source: Source,
  paths: readonly string[],
  info: KnownDatasetInfo,
  { onProgress, signal }: ObtainOptions,
): Promise<DecodedImages> {
  const total = decodedBytes(info);
  const images = await decodeSource(source.format, paths, info, (bytes) => {
    signal.throwIfAborted();
    onProgress({ phase: 'decoding', source: source.label, bytes, total });
  });
  if (!areImagesOf(info, images)) throw new Error(`its images are not those of ${info.title}`);
  return images;
}

/** Where the images are not known by a digest, the checksum of the source was right, and what is left is their number. */
function areImagesOf(info: KnownDatasetInfo, images: DecodedImages): boolean {
  if (info.sha256 !== null) return digestOf(images) === info.sha256;
  const { training, test } = images;
  const isWhole = training.count === info.trainingCount && test.count === info.testCount;
  return isWhole && [training, test].every(({ labels }) => labels.every((label) => label < info.classes.length));
}

/** Names of the files that a person can fetch elsewhere and put into the folder. */
function filesByHand(sources: readonly Source[]): string {
  const alternatives = sources.map(({ files }) => files.map(({ name }) => name).join(', '));
  return [...new Set(alternatives)].join(' or ');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
