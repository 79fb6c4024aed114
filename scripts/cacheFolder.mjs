// @ts-check
/** The folder for what is fetched once and kept; the same rule as src/base/cacheFolder.ts. */
import path from 'node:path';
import process from 'node:process';

/** @returns {Promise<string>} */
export async function cacheFolder() {
  if (process.env.SFP_LAB_CACHE) return path.resolve(process.env.SFP_LAB_CACHE);
  // Loaded late: before `npm ci` there is no such package, and the scripts must start without it.
  const { default: envPaths } = await import('env-paths');
  return envPaths('sfp-lab', { suffix: '' }).cache;
}
