import path from 'node:path';
import { boundedJson } from '../../../download/boundedJson';
import { npmSettings } from '../../../download/npmSettings';
import { download } from '../../../download/resumableDownload';
import { newestVersionIn, wheelIn } from './indexAnswers';
import type { OnProgress } from './progress';
import type { Requirement } from './requirements';

/** The public index; another one of the same kind for tests. */
const publicIndex = 'https://pypi.org/pypi';
/** Of an answer; those of packages with hundreds of versions have a few millions. */
const mostBytes = 64_000_000;

export interface FetchOptions {
  /** Where downloads are kept; what is there already and right is not fetched again. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  readonly index?: string;
}

/**
 * Downloads the wheel of a package for this platform from the Python package index, verified by its checksum; Python is not
 * needed. Gives the file. Throws an Error when the index does not answer or has no such wheel.
 */
export async function downloadWheel({ name, range }: Requirement, options: FetchOptions): Promise<string> {
  const { folder, signal, onProgress, index = publicIndex } = options;
  const settings = await npmSettings();
  onProgress({ phase: 'asking', source: `${new URL(index).host} for ${name}`, bytes: 0, total: 0 });
  // npm's own patience, of more than a minute, is too long where there is another source.
  const request = { ...settings, signal, retry: { retries: 1 }, timeout: 30_000 };
  const ask = (address: string): Promise<unknown> => boundedJson(`${index}/${address}/json`, request, mostBytes);
  const version = exactVersion(range) ?? newestVersionIn(await ask(name), { name, range });
  const file = wheelIn(await ask(`${name}/${version}`), { name, version });
  const place = path.join(folder, file.filename);
  const source = `${name} ${version} from ${new URL(file.url).host}`;
  const progress = (phase: string) => (bytes: number) => {
    onProgress({ phase, source, bytes, total: file.size });
  };
  const wanted = {
    name: file.filename,
    location: { url: file.url },
    bytes: file.size,
    checksum: { integrity: `sha256-${Buffer.from(file.digests.sha256, 'hex').toString('base64')}` },
  };
  await download(wanted, place, {
    settings,
    signal,
    onBytes: progress('downloading'),
    onVerify: () => {
      onProgress({ phase: 'verifying', source, bytes: 0, total: 0 });
    },
    onNote: (note) => {
      onProgress({ phase: 'downloading', source, bytes: 0, total: 0, note });
    },
  });
  return place;
}

function exactVersion(range: string): string | undefined {
  return /^==\s*([\d.]+)$/.exec(range.trim())?.[1];
}
