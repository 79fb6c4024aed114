import { execFile } from 'node:child_process';

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
      const [name, capability, driver] = (stdout.trim().split('\n')[0] ?? '').split(', ');
      const isThere = !error && name !== undefined && capability !== undefined && driver !== undefined;
      resolve(isThere ? { name, computeCapability: Number(capability), driver } : null);
    });
  });
}
