import { setImmediate } from 'node:timers/promises';
import type { KnownDatasetInfo, DecodedImages } from '../dataset';
import { decodeCifar100Binary, decodeCifarBinary } from './cifarBinary';
import { decodeCifarSheets } from './cifarSheets';
import type { Decoder } from './decoder';
import { decodeIdxFiles, decodeIdxPackage } from './idx';

/** How the files of a source may hold the images. */
export type SourceFormat = 'cifarBinary' | 'cifar100Binary' | 'cifarSheets' | 'idxFiles' | 'idxPackage';

const decoders: Readonly<Record<SourceFormat, Decoder>> = {
  cifarBinary: decodeCifarBinary,
  cifar100Binary: decodeCifar100Binary,
  cifarSheets: decodeCifarSheets,
  idxFiles: decodeIdxFiles,
  idxPackage: decodeIdxPackage,
};

/** Decodes the downloaded files of a source, in its order, into images [count, channels, height, width] and labels. */
export function decodeSource(
  format: SourceFormat,
  paths: readonly string[],
  info: KnownDatasetInfo,
  onBytes: (bytes: number) => void,
): Promise<DecodedImages> {
  return decoders[format](paths, info, async (bytes) => {
    onBytes(bytes);
    await setImmediate();
  });
}
