// @ts-check
/** `npm run bench:ui`: builds the pages, bundles bench/ui/ and runs it in a real Chromium; `npm run bench:ui -- --help` tells the options. */
import path from 'node:path';
import process from 'node:process';
import { runVisibly } from './childProcess.mjs';
import { chromiumFlags, ensureChromium } from './chromium.mjs';
import { nodeBundle } from './nodeBundle.mjs';
import { build, checkNode, ensureDependencies, repository } from './prepare.mjs';
import { sayWhyItFailed } from './terminal.mjs';

async function main() {
  checkNode();
  await ensureDependencies();
  await build();
  const esbuild = await import('esbuild');
  const folder = path.join(repository, '.cache', 'bench');
  await esbuild.build({
    ...nodeBundle,
    alias: {
      ...nodeBundle.alias,
      vscode: path.join(repository, 'test', 'fixtures', 'fakePanels.ts'),
    },
    external: [...nodeBundle.external, 'playwright-core'],
    outdir: folder,
    entryPoints: { ui: path.join(repository, 'bench', 'ui', 'main.ts') },
    logLevel: 'warning',
  });
  const env = { ...process.env, CHROMIUM: await ensureChromium(), CHROMIUM_FLAGS: JSON.stringify(chromiumFlags) };
  process.exitCode = await runVisibly(process.execPath, [path.join(folder, 'ui.js'), ...process.argv.slice(2)], {
    cwd: repository,
    env,
  });
}

await main().catch(sayWhyItFailed);
