import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findBinding } from '../engines/tensorflow/installation';
import { runProgram, type ProgramOptions } from './runProgram';

/**
 * Runs the package's own install script: TensorFlow's official C library, and a binding that is built for it, or built here.
 * `from` is another archive (URL or file) of such a library. Throws an Error when no binding came of it.
 */
export async function installLibtensorflow(
  packageFolder: string,
  kind: 'cpu' | 'gpu',
  options: Pick<ProgramOptions, 'signal' | 'log'> & { readonly from?: string },
): Promise<void> {
  if (options.from !== undefined) {
    const address = /^https?:/.test(options.from) ? options.from : `file://${path.resolve(options.from)}`;
    await writeFile(path.join(packageFolder, 'scripts', 'custom-binary.json'), JSON.stringify({ 'tf-lib': address }));
  }
  // The script calls its tools by name.
  const tools = path.resolve(packageFolder, '..', '..', '.bin');
  const env = { PATH: `${tools}${path.delimiter}${process.env.PATH ?? ''}` };
  await runProgram(process.execPath, [path.join('scripts', 'install.js'), kind], {
    ...options,
    cwd: packageFolder,
    env,
  });
  // It ends with success also where it failed.
  const binding = await findBinding(packageFolder).catch(() => null);
  if (binding === null) throw new Error(`its install script made no binding (${await lastLine(options.log)})`);
  await appendFile(options.log, `Binding: ${binding}\n`);
}

async function lastLine(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  return lines.findLast((line) => /error|fail|unable/i.test(line))?.trim() ?? lines.at(-1) ?? '';
}
