// @ts-check
/** `npm run generate:proto`: makes TypeScript of the .proto file of each engine. */
import path from 'node:path';
import { runVisibly } from './childProcess.mjs';
import { repository } from './prepare.mjs';

// npm puts node_modules/.bin on the path, where the plug-in is found too.

for (const engine of ['onnxruntime', 'tensorflow']) {
  const folder = path.join(repository, 'src', 'engines', engine);
  await runVisibly('buf', ['generate', folder, '--template', path.join(folder, 'buf.gen.yaml'), '-o', folder]);
}
