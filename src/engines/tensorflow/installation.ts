import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

export const packageNames = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** What the set-up writes last into an installation's folder: without it there is no installation. */
export const installationFile = 'installation.json';

export const installationSchema = z.object({
  formatVersion: z.literal(1),
  package: z.enum(packageNames),
  packageVersion: z.string(),
  tensorflowVersion: z.string(),
  /** Where the C library came from: TensorFlow's own archive, or the Python wheel. */
  source: z.enum(['libtensorflow', 'wheel']),
  installed: z.string(),
});
export type InstallationRecord = z.infer<typeof installationSchema>;

/** A TensorFlow that a set-up has put into the cache. */
export interface TensorflowInstallation {
  readonly folder: string;
  /** The native half of the package. */
  readonly bindingFile: string;
  readonly librariesFolder: string;
  readonly gpu: boolean;
  readonly packageName: InstallationRecord['package'];
  readonly packageVersion: string;
  readonly tensorflowVersion: string;
  readonly source: InstallationRecord['source'];
}

export interface FoundInstallations {
  /** The one for GPUs first. */
  readonly installations: readonly TensorflowInstallation[];
  /** A sentence for each that is damaged. */
  readonly problems: readonly string[];
}

/** Names of the folders that installations live in, the one for GPUs first. */
export const installationFolders = ['tensorflow-gpu', 'tensorflow-cpu'] as const;

/** What has been set up in the folder for engines; nothing is loaded. */
export async function findInstallations(enginesFolder: string): Promise<FoundInstallations> {
  const installations: TensorflowInstallation[] = [];
  const problems: string[] = [];
  for (const name of installationFolders) {
    const folder = path.join(enginesFolder, name);
    try {
      const installation = await readInstallation(folder);
      if (installation) installations.push(installation);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      const gpu = name === 'tensorflow-gpu' ? ' --gpu' : '';
      problems.push(`TensorFlow in ${folder} is damaged (${reason}); run "sfp engines setup${gpu} --force".`);
    }
  }
  return { installations, problems };
}

/** The installation in a folder, or null where there is none. Throws an Error when it is damaged. */
export async function readInstallation(folder: string): Promise<TensorflowInstallation | null> {
  const text = await readFile(path.join(folder, installationFile), 'utf8').catch(absent);
  if (text === null) return null;
  const parsed = installationSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${installationFile} does not say what it must`);
  const { package: packageName, packageVersion, tensorflowVersion, source } = parsed.data;
  const packageFolder = path.join(folder, 'node_modules', packageName);
  return {
    folder,
    bindingFile: await findBinding(packageFolder),
    librariesFolder: path.join(packageFolder, 'deps', 'lib'),
    gpu: packageName === '@tensorflow/tfjs-node-gpu',
    packageName,
    packageVersion,
    tensorflowVersion,
    source,
  };
}

/** The binding for the newest Node-API that this Node has. */
export async function findBinding(packageFolder: string): Promise<string> {
  const folder = path.join(packageFolder, 'lib');
  const newest = Number(process.versions.napi);
  const versions = (await readdir(folder))
    .map((name) => Number(/^napi-v(\d+)$/.exec(name)?.[1]))
    .filter((version) => version <= newest)
    .sort((a, b) => b - a);
  for (const version of versions) {
    const files = await readdir(path.join(folder, `napi-v${version}`));
    if (files.includes('tfjs_binding.node')) return path.join(folder, `napi-v${version}`, 'tfjs_binding.node');
  }
  throw new Error('its binding tfjs_binding.node is missing');
}

/** Null for a file that is not there; throws any other error again. */
function absent(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
