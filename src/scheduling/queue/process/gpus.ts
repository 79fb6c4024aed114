import { execFile } from 'node:child_process';

/**
 * The NVIDIA GPUs that runs may have, by the names that CUDA_VISIBLE_DEVICES has for them: those that this variable names already,
 * else all that the driver's own program tells of; one without a name where nothing tells.
 */
export async function cudaDevices(env: NodeJS.ProcessEnv = process.env): Promise<readonly (string | null)[]> {
  const visible = env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined) {
    const names = visible
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    return names.length > 0 ? names : [null];
  }
  const count = gpusIn(await printedGpus());
  return count > 0 ? Array.from({ length: count }, (_, index) => String(index)) : [null];
}

/** How many GPUs `nvidia-smi -L` printed: a line each. */
export function gpusIn(printed: string): number {
  return printed.split('\n').filter((line) => /^GPU \d+: /.test(line)).length;
}

function printedGpus(): Promise<string> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', ['-L'], { timeout: 10_000 }, (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });
}
