import path from 'node:path';
import npmFetch from 'npm-registry-fetch';
import * as z from 'zod';
import { npmSettings } from '../../../download/npmSettings';
import { download } from '../../../download/resumableDownload';
import { newestWithin, type Requirement } from './requirements';
import type { OnProgress } from './progress';

const releaseSchema = z.object({
  urls: z.array(
    z.object({
      filename: z.string(),
      url: z.url(),
      size: z.int().positive(),
      digests: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
      packagetype: z.string(),
    }),
  ),
});
const projectSchema = z.object({ releases: z.record(z.string(), z.unknown()) });

/** The public index; another one of the same kind for tests. */
const publicIndex = 'https://pypi.org/pypi';

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
  const ask = (address: string): Promise<unknown> => npmFetch.json(`${index}/${address}/json`, request);
  const version = exactVersion(range) ?? newestWithin(versionsOf(await ask(name)), range);
  if (version === undefined) throw new Error(`there is no ${name} ${range}`);
  const files = releaseSchema
    .parse(await ask(`${name}/${version}`))
    .urls.filter(({ packagetype, filename }) => packagetype === 'bdist_wheel' && isForPlatform(filename));
  const file = files[0];
  if (!file) throw new Error(`${name} ${version} has no wheel for ${process.platform}/${process.arch}`);
  const place = path.join(folder, path.basename(file.filename));
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

/** Whether a wheel's name says that its libraries run here. Any Python will do, as only a C library is taken. */
export function isForPlatform(
  filename: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): boolean {
  const tags =
    filename
      .replace(/\.whl$/, '')
      .split('-')
      .at(-1) ?? '';
  const machine = arch === 'x64' ? 'x86_64' : platform === 'linux' ? 'aarch64' : 'arm64';
  if (platform === 'linux') return tags.includes('manylinux') && tags.includes(machine);
  if (platform === 'darwin') return tags.includes('macosx') && (tags.includes(machine) || tags.includes('universal2'));
  return false;
}

function exactVersion(range: string): string | undefined {
  return /^==\s*([\d.]+)$/.exec(range.trim())?.[1];
}

function versionsOf(project: unknown): string[] {
  return Object.keys(projectSchema.parse(project).releases);
}
