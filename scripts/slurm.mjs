// @ts-check
/** Finds Slurm's daemons, which the tests of `sfp submit` use, and installs Debian's packages of them where that is possible. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findOnPath, isRoot, runQuietly } from './childProcess.mjs';
import { step } from './terminal.mjs';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'scontrol'];
const packages = ['slurmctld', 'slurmd', 'slurm-client', 'munge'];

/** @param {string} name @returns {string | null} Its path; daemons are where only root looks. */
export function findSlurm(name) {
  const found = findOnPath(name) ?? path.join('/usr/sbin', name);
  return existsSync(found) ? found : null;
}

/** @returns {string | null} Why a Slurm cannot be started here, a sentence; null where it can. */
export function whyNoSlurm() {
  if (process.platform !== 'linux') return 'Slurm runs on Linux only.';
  if (!isRoot) return 'Slurm’s daemons are started by root only.';
  const missing = programs.filter((name) => findSlurm(name) === null);
  return missing.length === 0 ? null : `Slurm is not installed (${missing.join(', ')}).`;
}

/**
 * Installs Debian's packages of Slurm where they are missing. Nothing of them is started but by the tests.
 * @throws {Error} that says why there is none.
 */
export async function ensureSlurm() {
  if (whyNoSlurm() === null) return;
  if (isRoot && process.platform === 'linux' && findOnPath('apt-get')) {
    step('Slurm: installing with `apt-get install` …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runQuietly('apt-get', ['update'], { env });
    await runQuietly('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { env });
  }
  const reason = whyNoSlurm();
  if (reason !== null) throw new Error(reason);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await ensureSlurm();
