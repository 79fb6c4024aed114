import npmFetch, { type Options } from 'npm-registry-fetch';
import type { RemoteFile } from './remoteFile';

/** An answer to a request for a file's bytes from some offset on. */
export interface PartialResponse {
  /** Offset of the first byte of the body: what was asked for, or 0 when the server sends whole files only. */
  readonly start: number;
  /** Size of the whole file on the server, if it says so. */
  readonly total: number | null;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Asks for the bytes of a file from `start` on. npm's own client sends it, with the user's npm settings: packages come
 * from the registry that the settings name, and proxy and certificate authorities hold for every address.
 * Rejects with an error that has a `statusCode` when the server refuses.
 */
export async function requestFrom(
  file: RemoteFile,
  start: number,
  settings: Options,
  signal: AbortSignal,
): Promise<PartialResponse> {
  const options = {
    ...settings,
    // Verifying, keeping and resuming are done by the caller.
    cache: undefined,
    retry: { retries: 0 },
    // Byte ranges count bytes of the file itself, not of a compressed transfer.
    headers: { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) },
    signal,
  };
  const response = await npmFetch(addressOf(file), options);
  const body = response.body as unknown as AsyncIterable<Uint8Array>;
  const range = /^bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 206 && range) return { start: Number(range[1]), total: Number(range[2]), body };
  const length = response.headers.get('content-length');
  return { start: 0, total: length === null ? null : Number(length), body };
}

/** A full address, or for a package the path that the client resolves against the user's registry. */
function addressOf({ location }: RemoteFile): string {
  if ('url' in location) return location.url;
  const { npmPackage, version } = location;
  return `/${npmPackage}/-/${npmPackage}-${version}.tgz`;
}
