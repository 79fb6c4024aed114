import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadWheel, isForPlatform, type FetchOptions } from '../../../../../src/engines/tensorflow/install/pypi';
import { cudaRequirements, newestWithin } from '../../../../../src/engines/tensorflow/install/requirements';

const content = Buffer.from('a wheel, more or less');
const sha256 = createHash('sha256').update(content).digest('hex');
const platformTag =
  process.platform === 'darwin' ? 'macosx_12_0_universal2' : 'manylinux_2_27_x86_64.manylinux_2_27_aarch64';
const filename = `tensorflow_cpu-2.21.0-cp311-cp311-${platformTag}.whl`;

let folder: string;
let server: Server;
let index: string;
/** What the index says about the wheel's checksum. */
let told: string;

beforeEach(async () => {
  told = sha256;
  folder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-pypi-'));
  server = createServer((request, response) => {
    const wheel = { packagetype: 'bdist_wheel', size: content.length, digests: { sha256: told } };
    if (request.url === '/pypi/tensorflow-cpu/json')
      response.end(JSON.stringify({ releases: { '2.20.0': [], '2.21.0': [] } }));
    else if (request.url === '/pypi/tensorflow-cpu/2.21.0/json')
      response.end(
        JSON.stringify({ urls: [{ ...wheel, filename, url: `${index.replace('/pypi', '')}/files/${filename}` }] }),
      );
    else if (request.url === `/files/${filename}`) response.end(content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pypi`;
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const options = () => ({ folder, index, signal: new AbortController().signal, onProgress: () => undefined });

describe('downloadWheel', () => {
  it('fetches the wheel of an exact version, or of the newest in a range', async () => {
    for (const range of ['==2.21.0', '<3,>=2.20']) {
      const file = await downloadWheel({ name: 'tensorflow-cpu', range }, options());
      expect(path.basename(file)).toBe(filename);
      expect(await readFile(file)).toEqual(content);
      await rm(file);
    }
  });

  it('keeps nothing that has not the checksum of the index', async () => {
    told = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await expect(downloadWheel({ name: 'tensorflow-cpu', range: '==2.21.0' }, options())).rejects.toThrow();
    await expect(readFile(path.join(folder, filename))).rejects.toThrow(/ENOENT/);
  });

  it('says what the index does not have', async () => {
    await expect(downloadWheel({ name: 'tensorflow-cpu', range: '>=3' }, options())).rejects.toThrow(
      'there is no tensorflow-cpu >=3',
    );
    await expect(downloadWheel({ name: 'nothing', range: '==1.0' }, options())).rejects.toThrow(/404/);
  });

  it('says at once whom it asks, and gives up soon on one that does not answer', async () => {
    server.close();
    const steps: string[] = [];
    const onProgress: FetchOptions['onProgress'] = ({ phase, source }) => steps.push(`${phase} ${source}`);
    const asked = downloadWheel({ name: 'tensorflow-cpu', range: '==2.21.0' }, { ...options(), onProgress });
    await expect(asked).rejects.toThrow(/ECONNREFUSED/);
    expect(steps).toEqual([`asking ${new URL(index).host} for tensorflow-cpu`]);
  });
});

describe('what a wheel says of itself', () => {
  it('tells the platform', () => {
    const name = (tag: string) => `tensorflow-2.21.0-cp312-cp312-${tag}.whl`;
    expect(isForPlatform(name('manylinux_2_27_x86_64'), 'linux', 'x64')).toBe(true);
    expect(isForPlatform(name('manylinux_2_27_aarch64'), 'linux', 'x64')).toBe(false);
    expect(isForPlatform(name('manylinux_2_27_aarch64'), 'linux', 'arm64')).toBe(true);
    expect(isForPlatform(name('macosx_12_0_arm64'), 'darwin', 'arm64')).toBe(true);
    expect(isForPlatform(name('win_amd64'), 'linux', 'x64')).toBe(false);
  });

  it('tells what it needs of NVIDIA', () => {
    const metadata = [
      'Requires-Dist: absl-py>=1.0.0',
      'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
      "Requires-Dist: nvidia-nccl-cu12 (<3.0,>=2.27.7) ; extra == 'and-cuda'",
    ].join('\n');
    expect(cudaRequirements(metadata)).toEqual([
      { name: 'nvidia-cudnn-cu12', range: '<10.0,>=9.3.0.75' },
      { name: 'nvidia-nccl-cu12', range: '<3.0,>=2.27.7' },
    ]);
  });

  it('is answered with the newest version in the range', () => {
    const versions = ['9.3.0.75', '9.10.2.21', '10.0.0', '9.9.0', '9.11.0rc1', '9.3.0'];
    expect(newestWithin(versions, '<10.0,>=9.3.0.75')).toBe('9.10.2.21');
    expect(newestWithin(versions, '==9.9.0')).toBe('9.9.0');
    expect(newestWithin(versions, '>11')).toBeUndefined();
  });
});
