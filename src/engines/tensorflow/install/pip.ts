import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FetchOptions } from './pypi';
import type { Requirement } from './requirements';
import { runProgram } from './runProgram';

/** Tried when the wheels for the installed Python are not there. */
const pythonVersions = ['313', '312', '311', '310'];

/**
 * Downloads a wheel with the user's pip, which knows of the mirrors and proxies that are set for it. Gives the file.
 * Throws an Error when there is no pip, or it finds no wheel.
 */
export async function pipDownload(
  { name, range }: Requirement,
  { folder, signal, onProgress }: Pick<FetchOptions, 'folder' | 'signal' | 'onProgress'>,
  log: string,
): Promise<string> {
  const target = path.join(folder, `pip-${name}`);
  await mkdir(target, { recursive: true });
  onProgress({ phase: 'downloading', source: `${name} with pip`, bytes: 0, total: 0 });
  const python = process.platform === 'win32' ? 'python' : 'python3';
  const base = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check'];
  const own = [...base, '--dest', target, `${name}${range}`];
  const attempts = [own, ...pythonVersions.map((version) => [...own, '--python-version', version])];
  let failure: unknown;
  for (const args of attempts) {
    try {
      await runProgram(python, args, { cwd: folder, signal, log });
      const file = (await readdir(target)).find((entry) => entry.endsWith('.whl'));
      if (file !== undefined) return path.join(target, file);
    } catch (error) {
      signal.throwIfAborted();
      failure ??= error;
      // Without pip another version of Python is no help.
      if (error instanceof Error && /ENOENT|No module named pip/.test(error.message)) break;
    }
  }
  throw failure instanceof Error ? failure : new Error('pip downloaded no wheel');
}
