import { appendFile, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from '../../../base/cacheLock';
import { cacheProblem } from '../../../base/fileProblem';
import { installationFile, readInstallation, type InstallationRecord } from '../installation';
import { UserError } from '../../../base/errors';
import { errorCode } from '../../../base/fileProblem';
import { obtainLibrary, requireSource } from './librarySources';
import { findNpm, type NpmPrograms } from './npmPrograms';
import type { NvidiaGpu } from './nvidiaGpu';
import type { OnProgress } from './progress';
import { runProgram } from './runProgram';
import { tellStep, type Site } from './site';

/** The binding's last version; its upstream is dormant. */
const packageVersion = '4.22.0';
const stagingPrefix = '.staging-';

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
  /** npm and what comes with it; found beside this Node or on the PATH if left out. */
  readonly npm?: NpmPrograms;
  /**
   * Takes a training step with the installation in a folder for engines, and gives the versions of the libraries that took it.
   * Rejects with an Error where the step fails or gives wrong numbers.
   */
  readonly check: (kind: 'cpu' | 'gpu', enginesFolder: string, signal: AbortSignal) => Promise<CheckedVersions>;
}

/** Versions of the libraries that took the step, by name. */
type CheckedVersions = Readonly<Record<string, string>>;

export interface SetUpResult {
  readonly folder: string;
  readonly record: InstallationRecord;
}

/**
 * Sets up TensorFlow for training: the package @tensorflow/tfjs-node or tfjs-node-gpu, TensorFlow's C library, and a binding that
 * fits them; checked by a real training step before it is put in place. Nothing half done stays behind a failure.
 * Throws a UserError that tells all that was tried.
 */
export async function setUpTensorflow(options: SetUpOptions): Promise<SetUpResult> {
  const { enginesFolder, onProgress } = options;
  await refuseUnsupported(options);
  await refuseAgain(options);
  try {
    await mkdir(enginesFolder, { recursive: true });
    const wait = (): void => {
      tellStep({ onProgress }, 'waiting', 'another set-up is under way');
    };
    return await withLock(path.join(enginesFolder, 'setup'), options.signal, wait, async (signal) => {
      await refuseAgain(options);
      return await setUp({ ...options, signal });
    });
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof UserError) throw error;
    const problem = cacheProblem(error, enginesFolder);
    if (problem) throw problem;
    const reason = error instanceof Error ? error.message : String(error);
    const log = path.join(enginesFolder, `${folderName(options)}.log`);
    throw new UserError(`TensorFlow could not be set up: ${reason}; the log is ${log}.`, { cause: error });
  }
}

/** As `installationFolders` names them. */
function folderName({ gpu }: SetUpOptions): 'tensorflow-gpu' | 'tensorflow-cpu' {
  return gpu ? 'tensorflow-gpu' : 'tensorflow-cpu';
}

async function refuseUnsupported({ from }: SetUpOptions): Promise<void> {
  if (from !== undefined) await requireSource(from);
  if (process.platform === 'win32' && from !== undefined)
    throw new UserError('--from needs Linux or macOS: on Windows, only the official library fits the binding.');
  if (process.platform === 'linux' && from === undefined && (await isMusl()))
    throw new UserError(
      'TensorFlow has no library for systems with musl, as Alpine Linux: use a system with glibc, or train with onnxruntime.',
    );
}

/** Whether this Node runs on another C library than glibc. */
async function isMusl(): Promise<boolean> {
  const loaders = await readdir('/lib').catch(() => [] as string[]);
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined && loaders.some((name) => name.startsWith('ld-musl-'));
}

async function refuseAgain(options: SetUpOptions): Promise<void> {
  if (options.force) return;
  const present = await readInstallation(path.join(options.enginesFolder, folderName(options))).catch(() => null);
  if (!present) return;
  throw new UserError(
    `TensorFlow ${present.tensorflowVersion} is already set up for the ${present.gpu ? 'GPU' : 'CPU'}; --force sets it up again.`,
  );
}

async function setUp(options: SetUpOptions): Promise<SetUpResult> {
  const { enginesFolder, from, signal } = options;
  await removeLeftovers(enginesFolder);
  const staging = path.join(enginesFolder, `${stagingPrefix}${process.pid}`);
  try {
    const site = await openSite(options, staging);
    await installPackage(site);
    const source = await obtainLibrary(site, from);
    const record = await checkedRecord(site, source, () => options.check(site.kind, staging, signal));
    signal.throwIfAborted();
    const target = path.join(enginesFolder, folderName(options));
    await replace(target, site.folder, path.join(staging, 'replaced'));
    await rm(site.downloads, { recursive: true, force: true });
    return { folder: target, record };
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
    await removeEmptyFolders(path.join(enginesFolder, 'downloads'));
  }
}

/** A broken-off download stays for the next try; a folder without one, as pip leaves it, is of no use. */
async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeIfEmpty(path.join(folder, entry.name));
  await removeIfEmpty(folder);
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  });
}

/** What a set-up left that was killed; there is no other one while this one has the lock. */
async function removeLeftovers(enginesFolder: string): Promise<void> {
  const names = (await readdir(enginesFolder)).filter((name) => name.startsWith(stagingPrefix));
  await Promise.all(names.map((name) => rm(path.join(enginesFolder, name), { recursive: true, force: true })));
}

async function openSite(options: SetUpOptions, staging: string): Promise<Site> {
  const { enginesFolder, gpu, signal, onProgress } = options;
  const npm = options.npm ?? (await findNpm());
  const name = folderName(options);
  const folder = path.join(staging, name);
  const downloads = path.join(enginesFolder, 'downloads');
  const log = path.join(enginesFolder, `${name}.log`);
  await mkdir(folder, { recursive: true });
  await mkdir(downloads, { recursive: true });
  await writeFile(log, `Setting up ${name}, ${new Date().toISOString()}\n`);
  const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const packageFolder = path.join(folder, 'node_modules', packageName);
  const deps = path.join(packageFolder, 'deps');
  const kind = gpu ? 'gpu' : 'cpu';
  return { kind, gpu, packageName, folder, packageFolder, deps, downloads, log, npm, signal, onProgress };
}

async function installPackage(site: Site): Promise<void> {
  const { packageName, folder, signal, log, npm } = site;
  tellStep(site, 'installing', `${packageName} ${packageVersion} with npm`);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'];
  const args = [npm.npm, 'install', ...flags, `${packageName}@${packageVersion}`];
  await runProgram(process.execPath, args, { cwd: folder, signal, log });
}

/** Writes the record that makes the folder an installation; TensorFlow's version is what the loaded library says. */
async function checkedRecord(
  site: Site,
  source: InstallationRecord['source'],
  check: () => Promise<CheckedVersions>,
): Promise<InstallationRecord> {
  const record = (tensorflowVersion: string): InstallationRecord => ({
    formatVersion: 1,
    package: site.packageName,
    packageVersion,
    tensorflowVersion,
    source,
    installed: new Date().toISOString(),
  });
  const write = (written: InstallationRecord): Promise<void> =>
    writeFile(path.join(site.folder, installationFile), JSON.stringify(written, null, 2));
  await write(record('that was just fetched'));
  tellStep(site, 'checking', 'by a training step');
  const { tensorflow = 'unknown' } = await check().catch((error: unknown) => failedCheck(site, error));
  const checked = record(tensorflow);
  await write(checked);
  return checked;
}

async function failedCheck({ signal, gpu, log }: Site, error: unknown): Promise<never> {
  signal.throwIfAborted();
  const reason = error instanceof Error ? error.message : String(error);
  await appendFile(log, `\nThe check failed: ${reason}\n`);
  const device = gpu ? ` (${gpu.name}, driver ${gpu.driver}; see "GPU" in docs/engines.md)` : '';
  throw new UserError(
    `TensorFlow was fetched and built, but does not train here: ${reason}${device}; the log is ${log}.`,
    {
      file: log,
      cause: error,
    },
  );
}

/** Puts a folder in the place of an earlier one, which comes back when that fails. */
async function replace(target: string, folder: string, replaced: string): Promise<void> {
  const earlier = await moveIfThere(target, replaced);
  try {
    await rename(folder, target);
  } catch (error) {
    if (earlier) await rename(replaced, target);
    throw error;
  }
}

/** False where there is nothing to move. */
async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
