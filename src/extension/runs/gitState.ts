import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunManifest } from '../../runs/format';

const run = promisify(execFile);

/** Commit and dirty flag of the repository a folder is in; null without a repository or without git. */
export async function gitState(folder: string): Promise<RunManifest['git']> {
  try {
    const commit = (await run('git', ['rev-parse', 'HEAD'], { cwd: folder, timeout: 5000 })).stdout.trim();
    const changes = (await run('git', ['status', '--porcelain'], { cwd: folder, timeout: 5000 })).stdout;
    return { commit, dirty: changes.trim() !== '' };
  } catch {
    return null;
  }
}
