import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { extract } from 'tar';
import { findBinding } from '../installation';
import { ProgramFailure, runProgram, type ProgramOptions } from './runProgram';

/**
 * Runs the package's own install script: TensorFlow's official C library, and a binding that is built for it, or built here.
 * Throws an Error when no binding came of it.
 */
export async function installLibtensorflow(
  packageFolder: string,
  kind: 'cpu' | 'gpu',
  options: Pick<ProgramOptions, 'signal' | 'log'>,
): Promise<void> {
  // The script calls its tools by name.
  const tools = path.resolve(packageFolder, '..', '..', '.bin');
  const env = { PATH: `${tools}${path.delimiter}${process.env.PATH ?? ''}` };
  const args = [path.join('scripts', 'install.js'), kind];
  let failure: ProgramFailure | null = null;
  try {
    await runProgram(process.execPath, args, { ...options, cwd: packageFolder, env });
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    failure = error;
  }
  // It may end with success where it failed; on Windows it fails at its last step alone, which is made up for here.
  const binding = await findBinding(packageFolder).catch(() => null);
  if (failure !== null && !(process.platform === 'win32' && binding !== null)) throw failure;
  if (binding === null) throw new Error('its install script ended well, but made no binding');
  if (process.platform === 'win32') await placeDll(packageFolder, binding);
}

/** Windows looks for the library beside the binding, and the install script may put it beside another version's. */
export async function placeDll(packageFolder: string, binding: string): Promise<void> {
  const folder = path.dirname(binding);
  if ((await readdir(folder)).includes('tensorflow.dll')) return;
  await copyFile(path.join(packageFolder, 'deps', 'lib', 'tensorflow.dll'), path.join(folder, 'tensorflow.dll'));
}

/** Unpacks the library and its headers out of an archive of libtensorflow (`.tar.gz`) into the binding's `deps` folder. */
export async function unpackLibtensorflow(archive: string, deps: string): Promise<void> {
  await mkdir(deps, { recursive: true });
  const isWanted = (name: string): boolean => /^(\.\/)?(lib|include)\//.test(name);
  await extract({ file: archive, cwd: deps, strict: true, filter: isWanted });
  const files = await readdir(path.join(deps, 'lib')).catch(() => [] as string[]);
  if (!files.some((name) => /^libtensorflow\.(so|dylib|\d)/.test(name)))
    throw new Error('it holds no lib/libtensorflow');
}
