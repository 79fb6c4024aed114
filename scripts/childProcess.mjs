// @ts-check
/** Child processes for the set-up scripts, with nothing but Node's built-ins. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 */

/** A command that ended badly; `output` is what it wrote. */
export class CommandError extends Error {
  /** @param {string} message @param {string} output */
  constructor(message, output) {
    super(message);
    this.name = 'CommandError';
    this.output = output;
  }
}

/**
 * Runs a command with the terminal as its own; resolves to its exit code.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function runVisibly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/**
 * Runs a command quietly and resolves to what it wrote.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<string>}
 * @throws {CommandError} with the output when it cannot be started or its exit code is not 0.
 */
export function runQuietly(command, args, options = {}) {
  const shown = [path.basename(command), ...args.map((arg) => path.basename(arg))].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.on('error', (error) => reject(new CommandError(`\`${shown}\` cannot be started: ${error.message}.`, output)));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new CommandError(`\`${shown}\` ended with exit code ${code}.`, output));
    });
  });
}

/**
 * The npm that runs this script, else the one on PATH: command and first arguments.
 * npm's own script is started with node, because npm.cmd cannot be started without a shell on Windows.
 * @returns {{ command: string, args: string[] }}
 */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return { command: process.execPath, args: [script] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };
}

/** @param {readonly string[]} args @param {RunOptions} [options] */
export function runNpmQuietly(args, options) {
  const npm = npmCommand();
  return runQuietly(npm.command, [...npm.args, ...args], options);
}

/** @param {readonly string[]} args @param {RunOptions} [options] */
export function runNpmVisibly(args, options) {
  const npm = npmCommand();
  return runVisibly(npm.command, [...npm.args, ...args], options);
}

/**
 * Absolute path of an executable on PATH, null if there is none.
 * @param {string} name
 * @returns {string | null}
 */
export function findOnPath(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (folder && isExecutable(file)) return file;
    }
  }
  return null;
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const isRoot = process.getuid?.() === 0;
