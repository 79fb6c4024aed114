// @ts-check
/** `npm run generate:proto`: makes TypeScript of the .proto files. */
import path from 'node:path';
import { runVisibly } from './childProcess.mjs';
import { repository } from './prepare.mjs';

// npm puts node_modules/.bin on the path, where the plug-in is found too.

for (const place of ['formats/onnx', 'formats/tensorBoard', 'engines/tensorflow']) {
  const folder = path.join(repository, 'src', place);
  await runVisibly('buf', ['generate', folder, '--template', path.join(folder, 'buf.gen.yaml'), '-o', folder]);
}
