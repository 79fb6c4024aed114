import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import type { TestProject } from 'vitest/node';
import { ensureBrowserCode, installExtension } from '../../../scripts/browserCode.mjs';
import { ensureChromium } from '../../../scripts/chromium.mjs';
import { packageExtension } from '../../../scripts/packageExtension.mjs';
import { build } from '../../../scripts/prepare.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string;
    /** Holds SFP Lab as its users get it, installed from the .vsix. */
    extensionsFolder: string;
  }
}

/** An extension that uses the interface of SFP Lab, and does nothing until it is asked to. */
async function packageOther(folder: string): Promise<string> {
  const packagePath = path.join(folder, 'other-extension.vsix');
  const cwd = path.resolve(import.meta.dirname, '../otherExtension');
  await createVSIX({ cwd, packagePath, dependencies: false, allowMissingRepository: true, skipLicense: true });
  return packagePath;
}

/** Makes once what all test files of this folder need: Chromium, a VS Code, and the packaged extension installed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('chromium', await ensureChromium());
  await ensureBrowserCode();
  await build();
  const home = await mkdtemp(path.join(tmpdir(), 'sfp-lab-test-'));
  const extensionsFolder = path.join(home, 'extensions');
  const vsix = await packageExtension({ folder: home });
  const dataFolder = path.join(home, 'installing');
  await installExtension({ vsix, extensionsFolder, dataFolder });
  await installExtension({ vsix: await packageOther(home), extensionsFolder, dataFolder });
  project.provide('extensionsFolder', extensionsFolder);
  return () => rm(home, { recursive: true, force: true });
}
