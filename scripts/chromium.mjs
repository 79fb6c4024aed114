// @ts-check
/** Finds the Chromium that drives the tests, and installs one if there is none. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findOnPath, isRoot, runQuietly } from './childProcess.mjs';
import { step } from './terminal.mjs';

const namesOnPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** @type {Partial<Record<NodeJS.Platform, string[]>>} */
const usualPlaces = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** No sandbox as root, no GPU, and nothing that would phone home. */
export const chromiumFlags = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @returns {Promise<{ path: string | null, tried: string[] }>} The executable, and where it was looked for.
 */
export async function findChromium() {
  const tried = [];
  const wanted = process.env.CHROMIUM;
  if (wanted) {
    tried.push(`CHROMIUM=${wanted}`);
    if (existsSync(wanted)) return { path: wanted, tried };
  }
  tried.push(`${namesOnPath.join(', ')} on PATH`);
  for (const name of namesOnPath) {
    const found = findOnPath(name);
    if (found) return { path: found, tried };
  }
  for (const place of usualPlaces[process.platform] ?? []) {
    tried.push(place);
    if (existsSync(place)) return { path: place, tried };
  }
  const { chromium } = await import('playwright-core');
  const cached = chromium.executablePath();
  tried.push(cached);
  return { path: existsSync(cached) ? cached : null, tried };
}

/**
 * Finds or installs Chromium: Debian's package as root, else Playwright's download.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} Path of the executable.
 * @throws {Error} that says where it was looked for and what was tried.
 */
export async function ensureChromium({ log = step } = {}) {
  const found = await findChromium();
  if (found.path) return found.path;
  const attempts = [];
  for (const [name, install] of installers()) {
    log(`Chromium: installing with ${name} …`);
    try {
      await install();
    } catch (error) {
      attempts.push(`${name} (${error instanceof Error ? error.message : error})`);
      continue;
    }
    const installed = await findChromium();
    if (installed.path) return installed.path;
    attempts.push(`${name} (it installed no Chromium that can be found)`);
  }
  throw new Error(
    `There is no Chromium. Looked at: ${found.tried.join('; ')}. Tried to install it with: ${attempts.join('; ')}. ` +
      'Install Chromium or Chrome, or set the environment variable CHROMIUM to its path.',
  );
}

/** @returns {[string, () => Promise<unknown>][]} */
function installers() {
  const playwright = fileURLToPath(new URL('../node_modules/playwright-core/cli.js', import.meta.url));
  /** @type {[string, () => Promise<unknown>][]} */
  const all = [
    ['`npx playwright-core install chromium`', () => runQuietly(process.execPath, [playwright, 'install', 'chromium'])],
  ];
  if (isRoot && findOnPath('apt-get')) all.unshift(['`apt-get install chromium`', installFromDebian]);
  return all;
}

async function installFromDebian() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get', ['update'], { env });
  await runQuietly('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { env });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  console.log(await ensureChromium());
