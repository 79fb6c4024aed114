import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findInstallations } from '../../../../../src/engines/tensorflow/installation';
import { isRunning } from '../../../../../src/base/processes';
import { setUpTensorflow, type SetUpOptions } from '../../../../../src/engines/tensorflow/install/setUpTensorflow';
import { startFileServer } from '../../../../fixtures/fileServer';
import { writeWheel } from './madeUpWheel';

let folder: string;
let enginesFolder: string;
let wheel: string;

/** Lays an empty package where npm would. */
const npmScript = `
const fs = require('node:fs');
const target = 'node_modules/' + process.argv.at(-1).replace(/@[\\d.]+$/, '');
fs.mkdirSync(target, { recursive: true });`;

/** Makes a binding of nothing, once the library and the headers are where they must be. */
const gypScript = `
const fs = require('node:fs');
fs.accessSync('deps/lib/libtensorflow.so');
fs.accessSync('deps/include/tensorflow/c/c_api.h');
const target = process.argv.find((argument) => argument.startsWith('--module_path=')).slice('--module_path='.length);
fs.mkdirSync(target, { recursive: true });
fs.writeFileSync(target + '/tfjs_binding.node', '');`;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-setup-'));
  enginesFolder = path.join(folder, 'engines');
  wheel = path.join(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
  await writeFile(path.join(folder, 'npm.js'), npmScript);
  await writeFile(path.join(folder, 'gyp.js'), gypScript);
  await writeWheel(wheel, {
    'tensorflow/libtensorflow_cc.so.2': 'the library',
    'tensorflow/libtensorflow_framework.so.2': 'the framework',
    'tensorflow/include/tensorflow/c/c_api.h': 'header',
    'tensorflow_cpu-2.21.0.dist-info/METADATA': 'Version: 2.21.0\n',
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A set-up with programs in the place of npm and node-gyp, from the made-up wheel. */
function setUp(options: Partial<SetUpOptions> = {}) {
  return setUpTensorflow({
    enginesFolder,
    gpu: null,
    from: wheel,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    npm: { npm: path.join(folder, 'npm.js'), nodeGyp: path.join(folder, 'gyp.js'), headers: null },
    check: () => Promise.resolve({ tensorflow: '2.21.0' }),
    ...options,
  });
}

/** What is in the folder for engines, but for the log. */
async function leftThere(): Promise<string[]> {
  return (await readdir(enginesFolder)).filter((name) => !name.endsWith('.log')).sort();
}

describe.skipIf(process.platform === 'win32')('setUpTensorflow', () => {
  it('puts an installation in place that is then found', async () => {
    const { record } = await setUp();
    expect(record).toMatchObject({ package: '@tensorflow/tfjs-node', tensorflowVersion: '2.21.0', source: 'wheel' });
    const { installations, problems } = await findInstallations(enginesFolder);
    expect(problems).toEqual([]);
    expect(installations).toMatchObject([{ gpu: false, tensorflowVersion: '2.21.0', packageVersion: '4.22.0' }]);
    expect(await readFile(path.join(installations[0]!.librariesFolder, 'libtensorflow.so.2'), 'utf8')).toBe(
      'the library',
    );
    expect(await leftThere()).toEqual(['tensorflow-cpu']);
  });

  it('does it again only when it is told to', async () => {
    const first = await setUp();
    await expect(setUp()).rejects.toThrow('TensorFlow 2.21.0 is already set up for the CPU; --force sets it up again.');
    const second = await setUp({ force: true, check: () => Promise.resolve({ tensorflow: '2.22.0' }) });
    expect(second.record.tensorflowVersion).toBe('2.22.0');
    expect(second.folder).toBe(first.folder);
    expect(await leftThere()).toEqual(['tensorflow-cpu']);
  });

  it('takes the library from an archive of libtensorflow too, and from an address', async () => {
    const tree = path.join(folder, 'archive');
    await mkdir(path.join(tree, 'lib'), { recursive: true });
    await mkdir(path.join(tree, 'include', 'tensorflow', 'c'), { recursive: true });
    await writeFile(path.join(tree, 'lib', 'libtensorflow.so'), 'official');
    await writeFile(path.join(tree, 'include', 'tensorflow', 'c', 'c_api.h'), 'header');
    const archive = path.join(folder, 'libtensorflow-cpu-linux-x86_64-2.18.0.tar.gz');
    await create({ file: archive, cwd: tree, gzip: true, prefix: './' }, ['lib', 'include']);
    expect((await setUp({ from: archive })).record.source).toBe('libtensorflow');

    const server = await startFileServer();
    server.serve('/some/tensorflow.whl', await readFile(wheel));
    expect((await setUp({ from: `${server.url}some/tensorflow.whl`, force: true })).record.source).toBe('wheel');
    await expect(setUp({ from: `${server.url}other.whl`, force: true })).rejects.toThrow(
      /other\.whl: it answered with HTTP status 404/,
    );
  });

  it('keeps the earlier installation, and nothing else, when the new one does not train', async () => {
    await setUp();
    const check = () => Promise.reject(new Error('libcudart.so.12: cannot open shared object file'));
    await expect(setUp({ force: true, check })).rejects.toThrow(/does not train here: libcudart\.so\.12/);
    expect(await leftThere()).toEqual(['tensorflow-cpu']);
    expect((await findInstallations(enginesFolder)).installations).toHaveLength(1);
    expect(await readFile(path.join(enginesFolder, 'tensorflow-cpu.log'), 'utf8')).toContain(
      'The check failed: libcudart',
    );
  });

  it('ends the programs and leaves nothing when it is cancelled', async () => {
    const pidFile = path.join(folder, 'pid');
    // What npm has started must end too.
    const grandchild = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1e3)`;
    await writeFile(
      path.join(folder, 'npm.js'),
      `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(grandchild)}])`,
    );
    const cancelled = new AbortController();
    const ended = setUp({ signal: cancelled.signal });
    ended.catch(() => undefined);
    await vi.waitUntil(() => existsSync(pidFile), { timeout: 10_000 });
    cancelled.abort(new Error('Stopped.'));
    await expect(ended).rejects.toThrow('Stopped.');
    expect(await leftThere()).toEqual([]);
    const pid = Number(await readFile(pidFile, 'utf8'));
    await vi.waitUntil(async () => (await isRunning({ pid })) === false);
  });

  it('stops in the middle of a wheel when it is cancelled', async () => {
    const cancelled = new AbortController();
    const onProgress: SetUpOptions['onProgress'] = ({ phase }) => {
      if (phase === 'unpacking') cancelled.abort(new Error('Stopped.'));
    };
    await expect(setUp({ signal: cancelled.signal, onProgress })).rejects.toThrow('Stopped.');
    expect(await leftThere()).toEqual([]);
  });

  it('keeps what was downloaded for the next try', async () => {
    const download = path.join(enginesFolder, 'downloads', 'tensorflow.whl.part');
    await mkdir(path.join(path.dirname(download), 'pip-tensorflow'), { recursive: true });
    await writeFile(download, 'the first half');
    const check = () => Promise.reject(new Error('no'));
    await expect(setUp({ check })).rejects.toThrow(/does not train here/);
    expect(await readdir(path.dirname(download))).toEqual(['tensorflow.whl.part']);
  });

  it('removes what a set-up left that was killed', async () => {
    await mkdir(path.join(enginesFolder, '.staging-123', 'tensorflow-cpu'), { recursive: true });
    await setUp();
    expect(await leftThere()).toEqual(['tensorflow-cpu']);
  });

  it('says what is wrong, and what to do', async () => {
    await expect(setUp({ from: path.join(folder, 'nothing.whl') })).rejects.toThrow(/There is no file .*nothing\.whl/);
    await writeFile(path.join(folder, 'broken.whl'), 'no zip');
    await expect(setUp({ from: path.join(folder, 'broken.whl') })).rejects.toThrow(
      /could not be had \(.*broken\.whl: .*\): a wheel of tensorflow-cpu .* or an archive of libtensorflow .* is needed/,
    );
    await writeFile(
      path.join(folder, 'gyp.js'),
      `console.error('gyp ERR! stack Error: not found: make'); process.exit(1)`,
    );
    await expect(setUp()).rejects.toThrow(/cannot be built without a C\+\+ compiler, make and Python: install them/);
    await writeFile(
      path.join(folder, 'npm.js'),
      `console.error('npm error code ENOTFOUND\\nnpm error Nowhere.'); process.exit(1)`,
    );
    await expect(setUp()).rejects.toThrow(
      /could not be set up: .*npm error Nowhere\.; the log is .*tensorflow-cpu\.log/,
    );
    expect(await leftThere()).toEqual([]);
  });

  it('needs libraries of NVIDIA for a GPU', async () => {
    const gpu = { name: 'GPU', computeCapability: 9, driver: '550' };
    await expect(setUp({ gpu })).rejects.toThrow(/asks for no libraries of NVIDIA/);
  });
});
