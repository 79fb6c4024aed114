import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extractFromWheel, readFromWheel, unpackedBytes } from '../../../../../src/engines/tensorflow/install/wheel';
import {
  linkLibraries,
  linkNvidia,
  nvidiaPlace,
  tensorflowPlace,
} from '../../../../../src/engines/tensorflow/install/wheelLayout';
import { writeWheel } from './madeUpWheel';

let folder: string;
let wheel: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-wheel-'));
  wheel = path.join(folder, 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const quietly = { signal: new AbortController().signal, onBytes: () => undefined };

describe('extractFromWheel', () => {
  it('takes the library and the headers that the binding includes, and nothing else', async () => {
    await writeWheel(wheel, {
      'tensorflow/libtensorflow_cc.so.2': 'the library',
      'tensorflow/libtensorflow_framework.so.2': 'the framework',
      'tensorflow/include/tensorflow/c/c_api.h': 'header',
      'tensorflow/include/xla/tsl/c/tsl_status.h': 'header',
      'tensorflow/include/tsl/platform/ctstring_internal.h': 'header',
      'tensorflow/include/tensorflow/core/framework/op.h': 'not needed',
      'tensorflow/python/__init__.py': 'not needed',
    });
    const bytes: [number, number][] = [];
    const deps = path.join(folder, 'deps');
    await extractFromWheel(wheel, deps, tensorflowPlace, {
      ...quietly,
      onBytes: (done, total) => {
        bytes.push([done, total]);
      },
    });
    await linkLibraries(path.join(deps, 'lib'));
    const files = await readdir(deps, { recursive: true, withFileTypes: true });
    expect(
      files
        .filter((file) => !file.isDirectory())
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'c_api.h',
      'ctstring_internal.h',
      'libtensorflow.so',
      'libtensorflow.so.2',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
      'tsl_status.h',
    ]);
    expect(await readFile(path.join(deps, 'lib', 'libtensorflow.so'), 'utf8')).toBe('the library');
    expect(bytes.at(-1)).toEqual([42, 42]);
    expect(await unpackedBytes(wheel, (name) => tensorflowPlace(name) !== null)).toBe(42);
  });

  it('writes nothing outside the folder, whatever the names in the wheel', async () => {
    await writeWheel(wheel, { '../escaped.so': 'evil' });
    const asItStands = (name: string): string => name;
    await expect(extractFromWheel(wheel, path.join(folder, 'deps'), asItStands, quietly)).rejects.toThrow(
      /invalid relative path/,
    );
    await writeWheel(wheel, { 'harmless.so': 'evil' });
    const misled = (): string => path.join('..', 'escaped.so');
    await expect(extractFromWheel(wheel, path.join(folder, 'deps'), misled, quietly)).rejects.toThrow(
      /outside its folder/,
    );
    expect(await readdir(folder)).not.toContain('escaped.so');
  });

  it('says that a broken wheel is broken', async () => {
    await writeWheel(wheel, { 'tensorflow/libtensorflow_cc.so.2': 'the library' });
    await truncate(wheel, 60);
    await expect(extractFromWheel(wheel, folder, tensorflowPlace, quietly)).rejects.toThrow();
    await writeFile(wheel, 'no zip');
    await expect(readFromWheel(wheel, /METADATA/)).rejects.toThrow();
  });

  it.skipIf(process.platform === 'win32')(
    'lays libraries of NVIDIA where TensorFlow and they themselves look',
    async () => {
      await writeWheel(wheel, {
        'nvidia/cudnn/lib/libcudnn.so.9': 'cudnn',
        'nvidia/cudnn/lib/__init__.py': 'not needed',
        'nvidia/cudnn/include/cudnn.h': 'not needed',
        'nvidia/cublas/lib/libcublas.so.12': 'cublas',
      });
      const deps = path.join(folder, 'deps');
      await mkdir(path.join(deps, 'lib'), { recursive: true });
      await extractFromWheel(wheel, deps, nvidiaPlace, quietly);
      await linkNvidia(deps);
      // From deps/lib, as from Python's folder of TensorFlow, `$ORIGIN/../nvidia/cudnn/lib`; and `$ORIGIN/`.
      for (const place of ['nvidia/cudnn/lib', 'lib'])
        expect(await readFile(path.join(deps, place, 'libcudnn.so.9'), 'utf8')).toBe('cudnn');
      expect((await readdir(path.join(deps, 'lib'))).sort()).toEqual(['libcublas.so.12', 'libcudnn.so.9']);
      expect(await readdir(path.join(deps, 'nvidia', 'cudnn'))).toEqual(['lib']);
      // A second time is no error.
      await linkNvidia(deps);
    },
  );

  it('names what a wheel for macOS holds as the binding asks for it', async () => {
    expect(tensorflowPlace('tensorflow/libtensorflow_cc.2.dylib')).toBe(path.join('lib', 'libtensorflow_cc.2.dylib'));
    for (const stem of ['cc', 'framework']) await writeFile(path.join(folder, `libtensorflow_${stem}.2.dylib`), '');
    await linkLibraries(folder);
    expect((await readdir(folder)).sort()).toEqual([
      'libtensorflow.2.dylib',
      'libtensorflow.dylib',
      'libtensorflow_cc.2.dylib',
      'libtensorflow_framework.2.dylib',
      'libtensorflow_framework.dylib',
    ]);
  });
});
