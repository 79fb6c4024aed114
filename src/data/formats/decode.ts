import { setImmediate } from 'node:timers/promises';
import type { DatasetInfo } from '../dataset';
import type { Source, SourceFormat } from '../sets/sources';
import { decodeCifarBinary } from './cifarBinary';
import { decodeCifarSheets } from './cifarSheets';
import type { DecodedImages, Decoder } from './decoder';
import { decodeIdxFiles, decodeIdxPackage } from './idx';

const decoders: Readonly<Record<SourceFormat, Decoder>> = {
  cifarBinary: decodeCifarBinary,
  cifarSheets: decodeCifarSheets,
  idxFiles: decodeIdxFiles,
  idxPackage: decodeIdxPackage,
};

/** Decodes the downloaded files of a source into images [count, channels, height, width] and labels. */
export function decodeSource(
  source: Source,
  paths: readonly string[],
  info: DatasetInfo,
  onBytes: (bytes: number) => void,
): Promise<DecodedImages> {
  return decoders[source.format](paths, info, async (bytes) => {
    onBytes(bytes);
    await setImmediate();
  });
}
