import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

/** Makes once what all test files of this folder need: Chromium, a VS Code, and the packaged extension installed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('chromium', await ensureChromium());
  await ensureBrowserCode();
  await build();
  const home = await mkdtemp(path.join(tmpdir(), 'sfp-lab-test-'));
  const extensionsFolder = path.join(home, 'extensions');
  const vsix = await packageExtension({ folder: home });
  await installExtension({ vsix, extensionsFolder, dataFolder: path.join(home, 'installing') });
  project.provide('extensionsFolder', extensionsFolder);
  return () => rm(home, { recursive: true, force: true });
}
