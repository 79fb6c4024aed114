import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from 'npm-registry-fetch';
import ssri from 'ssri';
import { errorCode } from '../base/fileProblem';
import { DamagedFile } from './failure';
import type { RemoteFile } from './remoteFile';
import { requestFrom } from './request';
import { watchSilence } from './silence';

export interface DownloadOptions {
  readonly settings: Options;
  readonly signal: AbortSignal;
  /** Called with the number of bytes of the file that are on disk. */
  readonly onBytes: (bytes: number) => void;
  readonly onVerify: () => void;
  /** Told when something damaged is thrown away. */
  readonly onNote: (note: string) => void;
  readonly patience?: Patience;
}

/** Milliseconds. */
export interface Patience {
  /** How long a server may take to answer. */
  readonly answer: number;
  /** How long it may then be silent. */
  readonly silence: number;
  /** Pause before a broken download goes on. */
  readonly pause: number;
}

const defaultPatience: Patience = { answer: 10_000, silence: 30_000, pause: 500 };

/** How many interruptions are allowed, as long as new bytes arrive between them. */
const breaksAllowed = 20;

/**
 * Makes sure that `path` holds the file with its right checksum. Bytes are collected in `<path>.part`, which stays
 * after an interruption or a crash, so that the next attempt asks only for the rest. A damaged file is deleted, with a note.
 * Rejects with DamagedFile when what the server sends is wrong, otherwise with the network's or the file system's error.
 */
export async function download(file: RemoteFile, path: string, options: DownloadOptions): Promise<void> {
  if (await isThere(file, path, options)) return;
  const part = `${path}.part`;
  for (;;) {
    const resumed = (await sizeOf(part)) > 0;
    await collect(file, part, options);
    options.onVerify();
    if (await matches(file, part)) break;
    await rm(part, { force: true });
    // After a resumption the two parts may not belong together; without one, the server itself has a damaged file.
    if (!resumed) throw new DamagedFile('what arrived is damaged (wrong checksum) and was thrown away');
    options.onNote(`The resumed download of ${file.name} is damaged (wrong checksum); it is fetched afresh.`);
  }
  await rename(part, path);
}

/** Looks for the whole file, as an earlier download or a person may have put it there. */
async function isThere(file: RemoteFile, path: string, options: DownloadOptions): Promise<boolean> {
  if ((await sizeOf(path)) === 0) return false;
  options.onVerify();
  if (await matches(file, path)) return true;
  options.onNote(`${path} is damaged (wrong checksum); it is replaced.`);
  await rm(path, { force: true });
  return false;
}

/** Asks again after every break until `part` is as long as the file should be. */
async function collect(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  for (let breaks = 0; ; breaks++) {
    const before = await sizeOf(part);
    if (before >= file.bytes) return;
    let failure: Error | null = null;
    try {
      await append(file, part, before, options);
    } catch (error) {
      options.signal.throwIfAborted();
      failure = error instanceof Error ? error : new Error(String(error));
      if (tellsOfWrongBytes(error)) await rm(part, { force: true });
    }
    const after = await sizeOf(part);
    if (after >= file.bytes) return;
    if (after <= before || breaks >= breaksAllowed) {
      throw failure ?? new Error(`it sent only ${after} of ${file.bytes} bytes`);
    }
    await sleep((options.patience ?? defaultPatience).pause, undefined, { signal: options.signal });
  }
}

/** True when the server's answer shows that the bytes so far are not the beginning of the file. */
function tellsOfWrongBytes(error: unknown): boolean {
  return error instanceof DamagedFile || (error as { statusCode?: unknown }).statusCode === 416;
}

/** Sends one request and appends what comes. Ends normally when the body ends, even if that is too early. */
async function append(file: RemoteFile, part: string, have: number, options: DownloadOptions): Promise<void> {
  const { answer, silence } = options.patience ?? defaultPatience;
  const watch = watchSilence(options.signal, answer, silence);
  try {
    const { start, total, body } = await requestFrom(file, have, options.settings, watch.signal);
    watch.heard();
    if (total !== null && total !== file.bytes) throw new Error(`it offers ${total} bytes instead of ${file.bytes}`);
    if (start !== have && start !== 0) throw new Error(`it sends bytes from ${start} on instead of ${have}`);
    const arriving = counted(body, start, file, (bytes) => {
      watch.heard();
      options.onBytes(bytes);
    });
    await pipeline(arriving, createWriteStream(part, { flags: start === 0 ? 'w' : 'a' }), { signal: watch.signal });
  } catch (error) {
    watch.signal.throwIfAborted();
    throw error;
  } finally {
    watch.end();
  }
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  start: number,
  file: RemoteFile,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = start;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > file.bytes) throw new DamagedFile(`it sends more than the ${file.bytes} bytes expected`);
    onBytes(bytes);
    yield chunk;
  }
}

async function matches(file: RemoteFile, path: string): Promise<boolean> {
  const { checksum } = file;
  const expected = 'integrity' in checksum ? checksum.integrity : ssri.fromHex(checksum.hex, checksum.algorithm);
  try {
    await ssri.checkStream(createReadStream(path), expected);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EINTEGRITY') return false;
    throw error;
  }
}

/** 0 for a file that is not there. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
