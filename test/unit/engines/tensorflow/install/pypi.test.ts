import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadWheel, type FetchOptions } from '../../../../../src/engines/tensorflow/install/pypi';

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
