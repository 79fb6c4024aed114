import { readdir, symlink } from 'node:fs/promises';
import path from 'node:path';

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
 * Where a file of a wheel of NVIDIA's goes: all libraries beside TensorFlow's, because that is where it looks for them
 * (its RUNPATH ends in $ORIGIN), so that no environment variable is needed.
 */
export function nvidiaPlace(name: string): string | null {
  const library = /^nvidia\/(?:[^/]+\/)+lib\/([^/]+\.so(?:\.[\d.]+)?)$/.exec(name)?.[1];
  return library === undefined ? null : path.join('lib', library);
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
