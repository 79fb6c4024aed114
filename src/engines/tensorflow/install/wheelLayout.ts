import { readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../../base/fileProblem';

/**
 * Where a file of TensorFlow's wheel goes in the binding's `deps` folder; null for one that is not needed: of half a gigabyte the
 * C library, and of four thousand headers those that the binding includes.
 */
export function tensorflowPlace(name: string): string | null {
  const library = /^tensorflow\/(libtensorflow_(?:cc|framework)\.(?:so\.\d+|\d+\.dylib))$/.exec(name)?.[1];
  if (library !== undefined) return path.join('lib', library);
  const header = /^tensorflow\/include\/(.+\.h)$/.exec(name)?.[1];
  if (header === undefined) return null;
  const isNeeded =
    header.startsWith('tensorflow/c/') ||
    header.startsWith('xla/tsl/c/') ||
    /^(tensorflow\/core|tsl)\/platform\/ctstring\w*\.h$/.test(header);
  return isNeeded ? path.join('include', header) : null;
}

/**
 * Where a file of a wheel of NVIDIA's goes: beside the folder of TensorFlow's library, as Python's packages lie beside each other,
 * because its RUNPATH and those of NVIDIA's own libraries lead there.
 */
export function nvidiaPlace(name: string): string | null {
  return /^nvidia\/(?:[^/]+\/)+lib\/[^/]+\.so(?:\.[\d.]+)?$/.test(name) ? path.join(...name.split('/')) : null;
}

/**
 * Names all of NVIDIA's libraries in the folder of TensorFlow's too: its RUNPATH ends in `$ORIGIN/`, so that they are found there
 * where it does not lead to NVIDIA's folders.
 */
export async function linkNvidia(deps: string): Promise<void> {
  const lib = path.join(deps, 'lib');
  const entries = await readdir(path.join(deps, 'nvidia'), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const target = path.relative(lib, path.join(entry.parentPath, entry.name));
    await symlink(target, path.join(lib, entry.name)).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

/** The names under which the binding asks the linker and the loader for TensorFlow's libraries. */
export async function linkLibraries(folder: string): Promise<void> {
  const files = await readdir(folder);
  for (const [stem, wanted] of [
    ['libtensorflow_cc', 'libtensorflow'],
    ['libtensorflow_framework', 'libtensorflow_framework'],
  ] as const) {
    const file = files.find((name) => name.startsWith(`${stem}.`));
    if (file === undefined) throw new Error(`the wheel holds no ${stem}`);
    const ending = file.slice(stem.length);
    const plain = ending.includes('dylib') ? '.dylib' : '.so';
    const names = new Set([`${wanted}${plain}`, `${wanted}${ending}`]);
    names.delete(file);
    for (const name of names) await symlink(file, path.join(folder, name));
  }
}
