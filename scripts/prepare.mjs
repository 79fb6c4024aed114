// @ts-check
/** What `npm start` and `npm test` need on a fresh clone: Node, the dependencies, a build. Uses Node's built-ins only. */
import { statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runNpmVisibly, runVisibly } from './childProcess.mjs';
import { heading, step } from './terminal.mjs';

export const repository = fileURLToPath(new URL('..', import.meta.url));
export const commandLine = path.join(repository, 'dist', 'cli.js');

const oldestNode = [20, 19];

/** @throws {Error} that says which Node is needed. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > (oldestNode[0] ?? 0) || (major === oldestNode[0] && minor >= (oldestNode[1] ?? 0))) return;
  throw new Error(
    `SFP Lab needs Node ${oldestNode.join('.')} or newer, and this is Node ${process.versions.node} (${process.execPath}): ` +
      'install a newer one from nodejs.org or with a version manager and try again.',
  );
}

/** Installs the dependencies when there are none or when the lock file has changed since. */
export async function ensureDependencies() {
  const installed = changed(path.join(repository, 'node_modules', '.package-lock.json'));
  if (installed !== null && installed >= (changed(path.join(repository, 'package-lock.json')) ?? 0)) return;
  heading('Installing dependencies');
  const code = await runNpmVisibly(['ci', '--no-audit', '--no-fund'], { cwd: repository });
  if (code !== 0) throw new Error(`\`npm ci\` ended with exit code ${code}: see above what npm could not install.`);
}

export async function build() {
  heading('Building');
  const code = await runVisibly(process.execPath, ['esbuild.mjs', '--production'], { cwd: repository });
  if (code !== 0) throw new Error('The build failed: see above where.');
  step('dist/ is built.');
}

/**
 * Fetches a data set into the cache, with progress; does nothing when it is there.
 * @param {string} name
 */
export async function ensureDataset(name) {
  heading(`Data set ${name}`);
  const code = await runVisibly(process.execPath, [commandLine, 'data', 'get', name], { cwd: repository });
  if (code !== 0) throw new Error(`The data set ${name} could not be fetched: see above what was tried.`);
}

/** Sets up TensorFlow for the CPU in the cache, with progress; does nothing when it is there. */
export async function ensureTensorflow() {
  heading('TensorFlow');
  const code = await runVisibly(process.execPath, [commandLine, 'engines', 'setup', '--if-missing'], {
    cwd: repository,
  });
  if (code !== 0) throw new Error('TensorFlow could not be set up: see above what was tried.');
}

/** @param {string} file @returns {number | null} Time of the last change, null if there is no such file. */
function changed(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
