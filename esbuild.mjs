// Builds everything that runs into dist/: `--production` minifies, `--watch` rebuilds on change.
import { mkdir, writeFile } from 'node:fs/promises';
import esbuild from 'esbuild';
import { bundleInParts } from './scripts/bundleInParts.mjs';
import { nodeBundle } from './scripts/nodeBundle.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const common = { bundle: true, minify: production, sourcemap: !production, outdir: 'dist', logLevel: 'warning' };

/** Programs that people wait for, so that they read no more than they need. */
const inParts = { extension: 'src/extension.ts', cli: 'src/cli.ts' };

/** Runs in Node: the extension host, the command line, the training process and its batch worker. */
const node = {
  ...common,
  ...nodeBundle,
  entryPoints: {
    // In one piece they can be debugged by their source maps.
    ...(!production && inParts),
    trainer: 'src/trainer.ts',
    queue: 'src/queue.ts',
    batchWorker: 'src/data/batches/batchWorker.ts',
    measureEngine: 'src/measureEngine.ts',
    measureLatency: 'src/measureLatency.ts',
  },
  // vscode is given by the host.
  external: ['vscode', ...nodeBundle.external],
};

/** Runs in VS Code's webviews. */
const browser = {
  ...common,
  platform: 'browser',
  format: 'iife',
  target: 'chrome120',
  outdir: 'dist/webview',
  // The icon font of VS Code stands in the style sheets: a page loads no file.
  loader: { '.ttf': 'dataurl' },
  entryPoints: {
    dashboard: 'webview/dashboard/main.ts',
    compare: 'webview/compare/main.ts',
    layers: 'webview/layers/main.ts',
    network: 'webview/network/main.ts',
  },
};

/** A JSON schema that package.json gives VS Code for configs or profiles: the very one they are validated with. */
async function writeSchema(name, source, schemaOf) {
  const result = await esbuild.build({
    ...node,
    entryPoints: [source],
    sourcemap: false,
    write: false,
  });
  const module = { exports: {} };
  new Function('module', 'exports', result.outputFiles[0].text)(module, module.exports);
  await mkdir('dist', { recursive: true });
  await writeFile(`dist/${name}.schema.json`, JSON.stringify(schemaOf(module.exports), null, 2));
}

await writeSchema('config', 'src/config/jsonSchema.ts', ({ configJsonSchema }) => configJsonSchema());
await writeSchema('slurm', 'src/scheduling/slurm/profile.ts', ({ profileJsonSchema }) => profileJsonSchema());
if (production)
  for (const [name, entry] of Object.entries(inParts)) await bundleInParts(node, name, entry, node.outdir);
for (const options of [node, browser]) {
  const context = await esbuild.context(options);
  if (watch) await context.watch();
  else {
    await context.rebuild();
    await context.dispose();
  }
}
