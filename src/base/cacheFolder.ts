import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** Where downloads and decoded data sets are kept: `SFP_LAB_CACHE`, or the system's folder for caches. */
export function cacheFolder(): string {
  const chosen = process.env.SFP_LAB_CACHE;
  return chosen ? resolve(chosen) : envPaths('sfp-lab', { suffix: '' }).cache;
}

/** Where engines that do not come with the installation are set up. */
export function enginesFolder(): string {
  return join(cacheFolder(), 'engines');
}
