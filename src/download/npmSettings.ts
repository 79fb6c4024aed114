import { dirname, join, resolve } from 'node:path';
import Config from '@npmcli/config';
import { definitions, flatten, shorthands } from '@npmcli/config/lib/definitions';
import type { Options } from 'npm-registry-fetch';

/**
 * The user's npm settings, read as npm itself reads them: environment, the project's, the user's and the global
 * `.npmrc`. They decide registry, credentials, proxy and certificate authorities.
 */
export async function npmSettings(): Promise<Options> {
  const config = new Config({
    npmPath: npmFolder(),
    definitions,
    shorthands,
    flatten,
    argv: [],
    // Loading exports settings into the environment it is given; ours is left alone.
    env: { ...process.env },
  });
  await config.load();
  return config.flat as Options;
}

/** The folder of the npm that came with this Node, for the settings built into it. */
function npmFolder(): string {
  const bin = dirname(process.execPath);
  return process.platform === 'win32' ? join(bin, 'node_modules', 'npm') : resolve(bin, '../lib/node_modules/npm');
}
