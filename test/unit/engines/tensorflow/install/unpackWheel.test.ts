import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { unpackWheel } from '../../../../../src/engines/tensorflow/install/unpackWheel';
import { tensorflowPlace } from '../../../../../src/engines/tensorflow/install/wheelLayout';
import { temporaryFolder } from '../../../../fixtures/temporaryFolder';
import { writeWheel } from './madeUpWheel';

vi.mock('node:fs/promises', async (original) => ({ ...(await original<object>()), statfs: vi.fn() }));

test('a wheel that the disk has no room for is refused before it is unpacked', async () => {
  const folder = temporaryFolder();
  const wheel = path.join(folder, 'tensorflow.whl');
  await writeWheel(wheel, { 'tensorflow/libtensorflow_cc.so.2': 'the library' });
  const deps = path.join(folder, 'deps');
  const site = { deps, signal: new AbortController().signal, onProgress: () => undefined };
  const free = (bytes: number) => vi.mocked(statfs).mockResolvedValue({ bavail: bytes / 512, bsize: 512 } as never);

  free(100e6);
  await expect(unpackWheel(site, wheel, tensorflowPlace)).rejects.toThrow(
    /has 0\.1 GB left, and tensorflow\.whl needs 0\.2 GB unpacked: make room, or set SFP_LAB_CACHE/,
  );
  free(1e9);
  await unpackWheel(site, wheel, tensorflowPlace);
});
