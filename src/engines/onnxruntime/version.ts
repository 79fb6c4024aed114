import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { parseJson } from '../../base/parseJson';

/** The version of the package, without loading its native library; `unknown` where it is not installed. */
export function onnxruntimeVersion(): string {
  try {
    const file = createRequire(__filename).resolve('onnxruntime-node/package.json');
    return z.object({ version: z.string() }).parse(parseJson(readFileSync(file, 'utf8'))).version;
  } catch {
    return 'unknown';
  }
}
