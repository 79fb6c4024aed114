import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunManifest } from '../model/format';

const run = promisify(execFile);

/** Optional locks would get in the way of the user's own git; a monitor is a program that the settings of a repository name. */
const careful = ['--no-optional-locks', '-c', 'core.fsmonitor=false'];

/** The commit that a folder is at and whether tracked files differ from it; null outside a git repository or without git. */
export async function gitState(folder: string): Promise<RunManifest['git']> {
  const git = async (...args: string[]) =>
    (await run('git', [...careful, ...args], { cwd: folder, timeout: 10_000, windowsHide: true })).stdout;
  try {
    const commit = (await git('rev-parse', '--verify', 'HEAD')).trim();
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return { commit, dirty: changes.trim() !== '' };
  } catch {
    return null;
  }
}
