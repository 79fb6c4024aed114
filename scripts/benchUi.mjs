// @ts-check
/** `npm run bench:ui`: builds the pages, bundles bench/ui/ and runs it in a real Chromium; `npm run bench:ui -- --help` tells the options. */
import path from 'node:path';
import process from 'node:process';
import { runVisibly } from './childProcess.mjs';
import { chromiumFlags, ensureChromium } from './chromium.mjs';
import { checkNode, ensureDependencies, repository } from './prepare.mjs';
import { sayWhyItFailed } from './terminal.mjs';

async function main() {
  checkNode();
  await ensureDependencies();
  await runVisibly(process.execPath, ['esbuild.mjs', '--production'], { cwd: repository });
  const { build } = await import('esbuild');
  const folder = path.join(repository, '.cache', 'bench');
  await build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: {
      // Its UMD build, which is taken otherwise, cannot be bundled.
      'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
      vscode: path.join(repository, 'test', 'fixtures', 'fakePanels.ts'),
    },
    external: ['playwright-core', 'iconv-lite'],
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
