// @ts-check
/** `npm run package`: the extension as a .vsix for this platform, with the native libraries it needs. */
import { readdirSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { build, repository } from './prepare.mjs';
import { step } from './terminal.mjs';

/** Beside dist/trainer.js, where Node looks for packages first. vsce packs nothing from the repository's own node_modules. */
const packedPackages = path.join(repository, 'dist', 'node_modules');
const platform = `${process.platform}-${process.arch}`;

const nodeModules = path.join(repository, 'node_modules');

/** What engine and pictures need at run time, for this platform only. */
const packedFiles = [
  'onnxruntime-node/package.json',
  'onnxruntime-node/dist',
  `onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`,
  'onnxruntime-common/package.json',
  'onnxruntime-common/dist/cjs',
  'sharp/package.json',
  'sharp/LICENSE',
  'sharp/dist',
  ...['@img/colour', 'detect-libc', 'semver', ...pictureLibraries()],
];

/** The packages of sharp's that hold native code; those that npm has installed are for this platform. */
function pictureLibraries() {
  const platforms = readdirSync(path.join(nodeModules, '@img')).filter((name) => name.startsWith('sharp-'));
  if (platforms.length === 0) throw new Error('node_modules/@img has no sharp for this platform: run npm ci');
  return platforms.map((name) => `@img/${name}`);
}

/**
 * @param {{ folder?: string }} [options] Where the .vsix goes.
 * @returns {Promise<string>} Path of the .vsix.
 */
export async function packageExtension({ folder = path.join(repository, 'artefacts') } = {}) {
  await mkdir(folder, { recursive: true });
  const { version } = createRequire(import.meta.url)('../package.json');
  const packagePath = path.join(folder, `sfp-lab-${version}-${platform}.vsix`);
  try {
    await placePackages();
    const self = { dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false };
    await createVSIX({ cwd: repository, packagePath, target: platform, ...self });
  } finally {
    // Left there, it would be used by the next build, whatever version the lock file then asks for.
    await rm(packedPackages, { recursive: true, force: true });
  }
  return packagePath;
}

async function placePackages() {
  for (const file of packedFiles)
    await cp(path.join(nodeModules, file), path.join(packedPackages, file), { recursive: true });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await build();
  step(await packageExtension());
}
