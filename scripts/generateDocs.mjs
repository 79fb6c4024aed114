// Writes the parts of docs/ that are made from the sources: `npm run generate:docs`.
import { writeFile } from 'node:fs/promises';
import esbuild from 'esbuild';
import prettier from 'prettier';

const { outputFiles } = await esbuild.build({
  entryPoints: ['src/config/reference.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const { configReference } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
const options = await prettier.resolveConfig('docs/config.md');
await writeFile('docs/config.md', await prettier.format(configReference(), { ...options, parser: 'markdown' }));
