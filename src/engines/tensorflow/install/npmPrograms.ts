import { access } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../base/errors';

/** npm's own scripts, run with this very Node. */
export interface NpmPrograms {
  readonly npm: string;
  readonly nodeGyp: string;
  /** The folder of Node's own headers; null where this Node came without, and node-gyp has to fetch them. */
  readonly headers: string | null;
}

/** Finds npm beside this Node or on the PATH. Throws a UserError when there is none. */
export async function findNpm(): Promise<NpmPrograms> {
  const prefix = path.dirname(path.dirname(process.execPath));
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.dirname(folder));
  const roots = [prefix, ...onPath].flatMap((root) => [
    path.join(root, 'lib', 'node_modules', 'npm'),
    path.join(root, 'bin', 'node_modules', 'npm'),
    path.join(root, 'share', 'nodejs', 'npm'),
    path.join(root, 'node_modules', 'npm'),
  ]);
  // On Windows npm lies beside node.exe.
  roots.unshift(path.join(path.dirname(process.execPath), 'node_modules', 'npm'));
  for (const root of roots) {
    const npm = path.join(root, 'bin', 'npm-cli.js');
    const nodeGyp = path.join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    if (!(await exists(npm))) continue;
    const headers = (await exists(path.join(prefix, 'include', 'node', 'node_api.h'))) ? prefix : null;
    return { npm, nodeGyp, headers };
  }
  throw new UserError(
    `npm was not found beside ${process.execPath} or on the PATH, and it is needed to fetch and build TensorFlow's binding: install Node with npm.`,
  );
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
