import type { KnownDatasetInfo, DecodedImages } from '../dataset';

/** Called with the decoded bytes so far and awaited, so that timers can run between two parts. */
export type OnDecoded = (bytes: number) => Promise<void>;

/** Reads the files of a source, given in the source's order. Throws when they do not have the format. */
export type Decoder = (
  paths: readonly string[],
  info: KnownDatasetInfo,
  onDecoded: OnDecoded,
) => Promise<DecodedImages>;
