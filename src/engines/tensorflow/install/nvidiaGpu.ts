import { execFile } from 'node:child_process';
import { visibleText } from '../../../base/visibleText';

export interface NvidiaGpu {
  readonly name: string;
  /** 8.9 for Ada, 9 for Hopper … */
  readonly computeCapability: number;
  readonly driver: string;
}

/** The first NVIDIA GPU that the driver's own program tells of; null where there is no driver or no GPU. */
export function findNvidiaGpu(): Promise<NvidiaGpu | null> {
  const query = ['--query-gpu=name,compute_cap,driver_version', '--format=csv,noheader'];
  return new Promise((resolve) => {
    execFile('nvidia-smi', query, { timeout: 10_000 }, (error, stdout) => {
      resolve(error ? null : gpuIn(stdout));
    });
  });
}

/** The first GPU in what `nvidia-smi` printed: name, compute capability and driver. Null where it is something else, such as an excuse. */
export function gpuIn(printed: string): NvidiaGpu | null {
  const line = printed.trimStart().split('\n', 1)[0] ?? '';
  // A name may have commas of its own.
  const [, name, capability, driver] =
    /^(\S.{0,199}), (\d{1,3}(?:\.\d{1,3})?), (\S.{0,99})$/.exec(line.trimEnd()) ?? [];
  if (name === undefined || capability === undefined || driver === undefined) return null;
  return { name: visibleText(name), computeCapability: Number(capability), driver: visibleText(driver) };
}
