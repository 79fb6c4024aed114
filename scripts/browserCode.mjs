// @ts-check
/**
 * A real VS Code served to a browser, for machines without a desktop and for tests.
 * It is the server of VS Code that the npm package code-server carries. It is started directly, without
 * code-server's own front, because VS Code's server takes a connection token and needs fewer native modules.
 */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cacheFolder.mjs';
import { CommandError, findOnPath, runNpmQuietly, runQuietly } from './childProcess.mjs';
import { step } from './terminal.mjs';

const version = '4.100.3';
const ripgrep = '@vscode/ripgrep@1.18.0';
const npmInstall = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];

/** Native modules the server cannot do without, and the file that shows each is built. */
const nativeModules = [
  { name: '@vscode/spdlog', built: 'build/Release/spdlog.node' },
  { name: 'native-watchdog', built: 'build/Release/watchdog.node' },
  { name: 'node-pty', built: 'build/Release/pty.node' },
];

/** @returns {Promise<string>} The folder of the browser VS Code, there or not. */
async function home() {
  return path.join(await cacheFolder(), 'browser-vscode', version);
}

/** @param {string} folder */
const codeServer = (folder) => path.join(folder, 'node_modules', 'code-server');
/** @param {string} folder */
const vscode = (folder) => path.join(codeServer(folder), 'lib', 'vscode');
/** Native modules are built for one major version of Node. @param {string} folder */
const marker = (folder) => path.join(folder, `ready-node${process.versions.node.split('.')[0]}`);

/**
 * Gets the browser VS Code into the cache: about 330 MB and two minutes, once. Every step first looks whether its
 * result is there, so a broken-off set-up goes on where it was.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<void>}
 * @throws {Error} that says which step failed and what was tried.
 */
export async function ensureBrowserCode({ log = step } = {}) {
  if (process.platform === 'win32')
    throw new Error('The browser VS Code runs on Linux and macOS only; on Windows use the desktop VS Code.');
  const folder = await home();
  if (existsSync(marker(folder))) return;
  await mkdir(folder, { recursive: true });
  log(`Browser VS Code: fetching code-server ${version} into ${folder} …`);
  await fetchCodeServer(folder);
  log('Browser VS Code: fetching what it depends on …');
  await fetchDependencies(folder);
  log('Browser VS Code: search program (ripgrep) …');
  await placeRipgrep(folder);
  log('Browser VS Code: building native modules …');
  await buildNativeModules(folder);
  await writeFile(marker(folder), new Date().toISOString());
}

/** @param {string} folder */
async function fetchCodeServer(folder) {
  const packageFile = path.join(folder, 'package.json');
  // A folder with a package.json of its own is a project of its own for npm.
  if (!existsSync(packageFile)) await writeFile(packageFile, JSON.stringify({ private: true }));
  await runNpmQuietly([...npmInstall, `code-server@${version}`, ripgrep], { cwd: folder });
}

/** @param {string} folder */
async function fetchDependencies(folder) {
  await runNpmQuietly(npmInstall, { cwd: vscode(folder) });
  await runNpmQuietly(npmInstall, { cwd: path.join(vscode(folder), 'extensions') });
}

/**
 * VS Code's package downloads ripgrep in an install script; here it comes from npm, else from the system.
 * @param {string} folder
 */
async function placeRipgrep(folder) {
  const target = path.join(vscode(folder), 'node_modules', '@vscode', 'ripgrep', 'bin', 'rg');
  if (existsSync(target)) return;
  const source = packagedRipgrep(folder) ?? findOnPath('rg');
  if (!source)
    throw new Error(
      `There is no ripgrep for the browser VS Code. Tried: the npm package ${ripgrep} for ${process.platform}-${process.arch}; rg on PATH. ` +
        'Install ripgrep (on Debian: apt-get install ripgrep) and try again.',
    );
  await mkdir(path.dirname(target), { recursive: true });
  await cp(source, target);
}

/** @param {string} folder @returns {string | null} */
function packagedRipgrep(folder) {
  const fromThere = createRequire(path.join(folder, 'package.json'));
  try {
    return fromThere.resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg`);
  } catch {
    return null;
  }
}

/** @param {string} folder */
async function buildNativeModules(folder) {
  const env = { ...process.env, ...nodeHeaders() };
  for (const { name, built } of nativeModules) {
    const file = path.join(vscode(folder), 'node_modules', name, built);
    // The modules in the cache may be another Node's, so each is built again unless the marker was written.
    await rm(file, { force: true });
    try {
      await runNpmQuietly(['rebuild', '--ignore-scripts=false', name], { cwd: vscode(folder), env });
    } catch (error) {
      // node-pty's script fails after its binary is built; what counts is the binary.
      if (existsSync(file)) continue;
      const output = error instanceof CommandError ? error.output : '';
      throw new CommandError(
        `The native module ${name} of the browser VS Code cannot be built; it needs a C++ compiler, make and Python 3.`,
        output,
      );
    }
  }
}

/** Node's headers beside the running node, if they are there, so that nothing must be downloaded. */
function nodeHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  if (process.env.npm_config_nodedir || !existsSync(path.join(prefix, 'include', 'node', 'node.h'))) return {};
  return { npm_config_nodedir: prefix };
}

/**
 * @typedef {object} BrowserCodeOptions
 * @property {string} folder The folder to open.
 * @property {string} dataFolder Settings, state and logs of this VS Code.
 * @property {string} extensionsFolder
 * @property {number} [port] 0, the default, takes a free one.
 * @property {NodeJS.ProcessEnv} [env] Added to the environment of the server, and so of the extension host.
 * @property {boolean} [workspaceTrust] Whether VS Code asks if the folder is trusted; off by default.
 */

/**
 * @typedef {object} BrowserCode
 * @property {string} url Loopback address with the connection token.
 * @property {() => Promise<void>} stop Ends the server and its extension hosts.
 * @property {Promise<void>} ended Settles when the server has ended, by whatever cause.
 */

/**
 * Starts the browser VS Code at a loopback address that asks for a token.
 * @param {BrowserCodeOptions} options
 * @returns {Promise<BrowserCode>}
 * @throws {CommandError} with the server's output when it does not come up.
 */
export async function startBrowserCode({
  folder,
  dataFolder,
  extensionsFolder,
  port = 0,
  env = {},
  workspaceTrust = false,
}) {
  const token = randomBytes(16).toString('hex');
  const args = [
    path.join(vscode(await home()), 'out', 'server-main.js'),
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token, '--accept-server-license-terms'],
    ...['--server-data-dir', dataFolder, '--extensions-dir', extensionsFolder, '--telemetry-level', 'off'],
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
  await Promise.all([mkdir(dataFolder, { recursive: true }), mkdir(extensionsFolder, { recursive: true })]);
  const server = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => server.once('close', () => resolve()));
  const actualPort = await listening(server);
  return {
    url: `http://127.0.0.1:${actualPort}/?tkn=${token}&folder=${encodeURIComponent(folder)}`,
    ended,
    stop: async () => {
      server.kill('SIGTERM');
      const deadline = setTimeout(() => server.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(deadline);
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} server
 * @returns {Promise<string>} The port.
 */
function listening(server) {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port) resolve(port);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('error', reject);
    server.once('close', (code) =>
      reject(new CommandError(`The browser VS Code ended with exit code ${code} before it was ready.`, output)),
    );
  });
}

/**
 * Installs a .vsix into the extensions folder of a browser VS Code.
 * @param {{ vsix: string, dataFolder: string, extensionsFolder: string }} options
 */
export async function installExtension({ vsix, dataFolder, extensionsFolder }) {
  const server = path.join(vscode(await home()), 'out', 'server-main.js');
  const args = [
    '--install-extension',
    vsix,
    '--force',
    '--server-data-dir',
    dataFolder,
    '--extensions-dir',
    extensionsFolder,
  ];
  const output = await runQuietly(process.execPath, [server, ...args, '--accept-server-license-terms']);
  if (!/successfully installed/.test(output))
    throw new CommandError(`${path.basename(vsix)} could not be installed.`, output);
}

/** Settings of the whole VS Code, as its user would write them. @param {string} dataFolder @param {Record<string, unknown>} settings */
export async function writeSettings(dataFolder, settings) {
  const file = path.join(dataFolder, 'data', 'User', 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  const present = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
  await writeFile(file, JSON.stringify({ ...present, ...settings }, null, 2));
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await ensureBrowserCode();
