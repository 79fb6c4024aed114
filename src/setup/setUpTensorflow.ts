import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { failureReason } from '../data/download/failure';
import { checkInIsolation } from '../engines/isolatedMeasurement';
import { installationFile, readInstallation, type InstallationRecord } from '../engines/tensorflow/installation';
import { UserError } from '../errors';
import { buildBinding } from './buildBinding';
import { installLibtensorflow } from './libtensorflow';
import { findNpm, type NpmPrograms } from './npmPrograms';
import type { NvidiaGpu } from './nvidiaGpu';
import { pipDownload } from './pip';
import type { OnProgress } from './progress';
import { downloadWheel } from './pypi';
import { cudaRequirements, type Requirement } from './requirements';
import { runProgram } from './runProgram';
import { extractFromWheel, readFromWheel, unpackedBytes } from './wheel';
import { linkLibraries, nvidiaPlace, tensorflowPlace } from './wheelLayout';

/** The binding's last version; its upstream is dormant. */
const packageVersion = '4.22.0';
/** The library that the package's own script fetches, and the wheel that is taken where that cannot be had. */
const officialVersion = '2.9.1';
const wheelVersion = '2.21.0';
/** The official library is built for CUDA 11.2, which knows no GPU from Ada on. */
const firstUnknownCapability = 8.9;

export interface SetUpOptions {
  readonly enginesFolder: string;
  /** The GPU it is for; null sets up the one for the CPU. */
  readonly gpu: NvidiaGpu | null;
  /** A wheel, or an archive of libtensorflow: a file or a URL. The usual sources, one after another, if left out. */
  readonly from?: string;
  /** Replaces what is there. */
  readonly force?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export interface SetUpResult {
  readonly folder: string;
  readonly record: InstallationRecord;
}

/** One set-up under way, in a folder that is gone when it fails. */
interface Site {
  readonly options: SetUpOptions;
  readonly kind: 'cpu' | 'gpu';
  readonly packageName: InstallationRecord['package'];
  readonly folder: string;
  readonly packageFolder: string;
  readonly downloads: string;
  readonly log: string;
  readonly npm: NpmPrograms;
}

/**
 * Sets up TensorFlow for training: the package @tensorflow/tfjs-node or tfjs-node-gpu, TensorFlow's C library, and a binding that
 * fits them; checked by real training steps before it is put in place. Nothing half done stays behind a failure.
 * Throws a UserError that tells all that was tried.
 */
export async function setUpTensorflow(options: SetUpOptions): Promise<SetUpResult> {
  const kind = options.gpu ? 'gpu' : 'cpu';
  const name = `tensorflow-${kind}`;
  const target = path.join(options.enginesFolder, name);
  await refuseAgain(target, options);
  const staging = path.join(options.enginesFolder, `.staging-${process.pid}`);
  const log = path.join(options.enginesFolder, `${name}.log`);
  const folder = path.join(staging, name);
  const packageName = options.gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const packageFolder = path.join(folder, 'node_modules', packageName);
  try {
    const npm = await findNpm();
    const downloads = path.join(options.enginesFolder, 'downloads');
    await mkdir(folder, { recursive: true });
    await mkdir(downloads, { recursive: true });
    await writeFile(log, `Setting up ${name}, ${new Date().toISOString()}\n`);
    const site: Site = { options, kind, packageName, folder, packageFolder, downloads, log, npm };
    await installPackage(site);
    const { source, tensorflowVersion } = await obtainLibrary(site);
    const record: InstallationRecord = {
      formatVersion: 1,
      package: packageName,
      packageVersion,
      tensorflowVersion,
      source,
      installed: new Date().toISOString(),
    };
    await writeFile(path.join(folder, installationFile), JSON.stringify(record, null, 2));
    await check(site, staging);
    options.signal.throwIfAborted();
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    await rm(downloads, { recursive: true, force: true });
    return { folder: target, record };
  } catch (error) {
    options.signal.throwIfAborted();
    throw explained(error, log);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function refuseAgain(target: string, { force = false, gpu }: SetUpOptions): Promise<void> {
  const present = force ? null : await readInstallation(target).catch(() => null);
  if (!present) return;
  throw new UserError(
    `TensorFlow ${present.tensorflowVersion} is already set up for the ${gpu ? 'GPU' : 'CPU'}; --force sets it up again.`,
  );
}

async function installPackage(site: Site): Promise<void> {
  const { options, packageName, folder, log, npm } = site;
  options.onProgress({ phase: 'installing', source: `${packageName} ${packageVersion} with npm`, bytes: 0, total: 0 });
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'];
  const args = [npm.npm, 'install', ...flags, `${packageName}@${packageVersion}`];
  await runProgram(process.execPath, args, { cwd: folder, signal: options.signal, log });
}

type Obtained = Pick<InstallationRecord, 'source' | 'tensorflowVersion'>;

interface Way {
  readonly label: string;
  readonly go: () => Promise<Obtained>;
}

/** The first way that leads to a binding. Throws a UserError that tells of every one. */
async function obtainLibrary(site: Site): Promise<Obtained> {
  const { options } = site;
  const failures: string[] = [];
  for (const { label, go } of ways(site)) {
    try {
      await rm(path.join(site.packageFolder, 'deps'), { recursive: true, force: true });
      return await go();
    } catch (error) {
      options.signal.throwIfAborted();
      // A missing compiler or a full disk is the same on every way.
      if (error instanceof UserError) throw error;
      const failure = `${label}: ${failureReason(error)}`;
      failures.push(failure);
      await appendFile(site.log, `${failure}\n`);
      options.onProgress({ phase: '', source: '', bytes: 0, total: 0, note: `${failure}.` });
    }
  }
  throw new UserError(
    `TensorFlow's library could not be had (${failures.join('; ')}): check the network, or fetch a wheel of tensorflow${site.kind === 'gpu' ? '' : '-cpu'} yourself and give it with --from.`,
  );
}

function ways(site: Site): Way[] {
  const { kind, options } = site;
  const { from, gpu } = options;
  const official: Way = {
    label: `official libtensorflow ${officialVersion}`,
    go: () => fromLibtensorflow(site),
  };
  if (from !== undefined) return [given(site, from)];
  const name = kind === 'gpu' || process.platform === 'darwin' ? 'tensorflow' : 'tensorflow-cpu';
  const wheel: Requirement = { name, range: `==${wheelVersion}` };
  const { downloads: folder, log } = site;
  const { signal, onProgress } = options;
  const wheels: Way[] = [
    {
      label: `wheel ${name} ${wheelVersion} from pypi.org`,
      go: async () => fromWheel(site, await downloadWheel(wheel, { folder, signal, onProgress })),
    },
    {
      label: `wheel ${name} ${wheelVersion} with pip`,
      go: async () => fromWheel(site, await pipDownload(wheel, { folder, signal, onProgress }, log)),
    },
  ];
  if (process.platform === 'win32') return [official];
  return gpu && gpu.computeCapability >= firstUnknownCapability ? wheels : [official, ...wheels];
}

function given(site: Site, from: string): Way {
  const { signal, onProgress } = site.options;
  const go = async (): Promise<Obtained> => {
    if (!/\.whl(\?|#|$)/.test(from)) return fromLibtensorflow(site, from);
    if (!/^https?:/.test(from)) return fromWheel(site, path.resolve(from));
    onProgress({ phase: 'downloading', source: new URL(from).host, bytes: 0, total: 0 });
    const file = path.join(site.downloads, path.basename(new URL(from).pathname));
    const response = await fetch(from, { signal });
    if (!response.ok || !response.body) throw new Error(`it answered with HTTP status ${response.status}`);
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(file), { signal });
    return fromWheel(site, file);
  };
  return { label: from, go };
}

async function fromLibtensorflow(site: Site, from?: string): Promise<Obtained> {
  const { packageFolder, kind, log, options } = site;
  const source = from ?? `libtensorflow ${officialVersion}, its own install script`;
  options.onProgress({ phase: 'installing', source, bytes: 0, total: 0 });
  await installLibtensorflow(packageFolder, kind, { signal: options.signal, log, ...(from !== undefined && { from }) });
  return { source: 'libtensorflow', tensorflowVersion: from === undefined ? officialVersion : 'unknown' };
}

async function fromWheel(site: Site, wheel: string): Promise<Obtained> {
  const { packageFolder, log, npm, options } = site;
  const { signal } = options;
  const deps = path.join(packageFolder, 'deps');
  const metadata = (await readFromWheel(wheel, /^[^/]+\.dist-info\/METADATA$/)) ?? '';
  await extract(site, wheel, deps, tensorflowPlace);
  if (site.kind === 'gpu') await addCudaLibraries(site, cudaRequirements(metadata), deps);
  await linkLibraries(path.join(deps, 'lib'));
  options.onProgress({ phase: 'building', source: 'the binding', bytes: 0, total: 0 });
  await buildBinding(packageFolder, npm, { signal, log });
  return { source: 'wheel', tensorflowVersion: /^Version: (\S+)/m.exec(metadata)?.[1] ?? 'unknown' };
}

/** NVIDIA's libraries, each from the index or with pip. */
async function addCudaLibraries(site: Site, requirements: readonly Requirement[], deps: string): Promise<void> {
  const { downloads: folder, log } = site;
  const { signal, onProgress } = site.options;
  const options = { folder, signal, onProgress };
  for (const requirement of requirements) {
    const wheel = await downloadWheel(requirement, options).catch((error: unknown) => {
      signal.throwIfAborted();
      onProgress({ phase: '', source: '', bytes: 0, total: 0, note: `pypi.org: ${failureReason(error)}.` });
      return pipDownload(requirement, options, log);
    });
    await extract(site, wheel, deps, nvidiaPlace);
  }
}

async function extract(
  site: Site,
  wheel: string,
  folder: string,
  placeOf: (name: string) => string | null,
): Promise<void> {
  const { signal, onProgress } = site.options;
  await mkdir(folder, { recursive: true });
  const needed = await unpackedBytes(wheel, (name) => placeOf(name) !== null);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed)
    throw new UserError(
      `The disk has ${gigabytes(bavail * bsize)} GB left, and ${path.basename(wheel)} needs ${gigabytes(needed)} GB unpacked: make room, or set SFP_LAB_CACHE to a folder on another disk.`,
      { file: folder },
    );
  const onBytes = (bytes: number, total: number): void => {
    onProgress({ phase: 'unpacking', source: path.basename(wheel), bytes, total });
  };
  await extractFromWheel(wheel, folder, placeOf, { signal, onBytes });
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

/** Trains a few steps with it, in a process of its own, and compares them with onnxruntime's. */
async function check(site: Site, enginesFolder: string): Promise<void> {
  const { kind, options } = site;
  options.onProgress({ phase: 'checking', source: 'by training steps', bytes: 0, total: 0 });
  const settings = { threads: null, tf32: false, enginesFolder };
  try {
    await checkInIsolation(`tensorflow/${kind}`, settings, options.signal);
  } catch (error) {
    options.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `TensorFlow was fetched and built, but does not train here: ${reason}${cudaAdvice(reason, options)}`,
      {
        cause: error,
      },
    );
  }
}

function cudaAdvice(reason: string, { gpu }: SetUpOptions): string {
  if (!gpu || !/cuda|cudnn|cublas|libcu|GPU/i.test(reason)) return '';
  return ` (${gpu.name}, driver ${gpu.driver}): TensorFlow ${wheelVersion} needs CUDA 12 and a driver of version 525 or newer.`;
}

function explained(error: unknown, log: string): UserError {
  if (error instanceof UserError) return error;
  const { code } = error as { code?: unknown };
  const reason = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC')
    return new UserError('The disk is full: make room, or set SFP_LAB_CACHE to a folder on another disk.', {
      file: path.dirname(log),
      cause: error,
    });
  return new UserError(`TensorFlow could not be set up: ${reason}. All that was said stands in ${log}.`, {
    cause: error,
  });
}
