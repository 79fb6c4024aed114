// @ts-check
/** `npm run bench`: bundles bench/ and runs it; `npm run bench -- --help` tells the options. */
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { bundleInParts } from './bundleInParts.mjs';
import { runVisibly } from './childProcess.mjs';
import { nodeBundle } from './nodeBundle.mjs';
import { checkNode, ensureDependencies, repository } from './prepare.mjs';
import { sayWhyItFailed } from './terminal.mjs';

async function main() {
  checkNode();
  await ensureDependencies();
  const { build } = await import('esbuild');
  const folder = path.join(repository, '.cache', 'bench');
  await build({
    ...nodeBundle,
    alias: {
      ...nodeBundle.alias,
      vscode: path.join(repository, 'test', 'fixtures', 'fakeWorkspace.ts'),
    },
    outdir: folder,
    entryPoints: {
      main: path.join(repository, 'bench', 'main.ts'),
      batchWorker: path.join(repository, 'src', 'data', 'batches', 'batchWorker.ts'),
      measureEngine: path.join(repository, 'src', 'measureEngine.ts'),
      measureLatency: path.join(repository, 'src', 'measureLatency.ts'),
      extensionHost: path.join(repository, 'bench', 'manyRuns', 'extensionHost.ts'),
      keptMemory: path.join(repository, 'src', 'base', 'keptMemory.ts'),
      peakMemory: path.join(repository, 'bench', 'manyRuns', 'peakMemory.ts'),
    },
    logLevel: 'warning',
  });
  // As it is shipped.
  const shipped = { ...nodeBundle, minify: true };
  await bundleInParts(shipped, 'cli', path.join(repository, 'src', 'cli.ts'), folder);
  // As training processes are started.
  const { keptMemory } = createRequire(import.meta.url)(path.join(folder, 'keptMemory.js'));
  process.exitCode = await runVisibly(process.execPath, [path.join(folder, 'main.js'), ...process.argv.slice(2)], {
    cwd: repository,
    env: { ...keptMemory, ...process.env },
  });
}

await main().catch(sayWhyItFailed);
