// @ts-check
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';

/**
 * Bundles a program for Node into a file with its name and parts beside it, `name.*.js`, that are read when an `import()` asks
 * for them: what a program needs at its start is then no more than that. esbuild divides ES modules only, so what it makes of them
 * is turned into what `require` reads, part by part.
 * @param {esbuild.BuildOptions & { target: string }} options
 * @param {string} name
 * @param {string} entry
 * @param {string} folder
 */
export async function bundleInParts(options, name, entry, folder) {
  const { outputFiles } = await esbuild.build({
    ...options,
    entryPoints: { [name]: entry },
    outdir: folder,
    format: 'esm',
    splitting: true,
    chunkNames: `${name}.[name]-[hash]`,
    write: false,
  });
  await mkdir(folder, { recursive: true });
  const former = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`) && file.endsWith('.js'));
  for (const file of former) await rm(path.join(folder, file));
  for (const { path: file, text } of outputFiles ?? []) {
    const { code } = await esbuild.transform(text, {
      format: 'cjs',
      platform: 'node',
      target: options.target,
      minify: options.minify ?? false,
    });
    await writeFile(file, code, { mode: code.startsWith('#!') ? 0o755 : 0o644 });
  }
}
