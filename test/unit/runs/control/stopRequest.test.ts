import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fileNames } from '../../../../src/runs/model/format';
import {
  isStopRequested,
  requestStop,
  StopRequested,
  watchStopRequest,
  withdrawStopRequest,
} from '../../../../src/runs/control/stopRequest';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

test('a request is seen until it is taken back', async () => {
  const folder = await newRunFolder();
  expect(await isStopRequested(folder)).toBe(false);
  await requestStop(folder);
  await requestStop(folder);
  expect(await isStopRequested(folder)).toBe(true);
  expect(await readdir(folder)).toContain(fileNames.stopRequest);
  await withdrawStopRequest(folder);
  await withdrawStopRequest(folder);
  expect(await isStopRequested(folder)).toBe(false);
});

test('a request aborts the signal of who watches, with the reason', async () => {
  const folder = await newRunFolder();
  const watch = watchStopRequest(folder);
  onTestFinished(() => {
    watch.dispose();
  });
  expect(watch.signal.aborted).toBe(false);
  await requestStop(folder);
  await vi.waitFor(() => {
    expect(watch.signal.reason).toBeInstanceOf(StopRequested);
  }, 5000);
});

test.skipIf(process.platform === 'win32')(
  'a link in its place is not followed, counts as a request, and can be taken back',
  async () => {
    const folder = await newRunFolder();
    const outside = join(temporaryFolder(), 'outside');
    for (const isThere of [false, true]) {
      if (isThere) await writeFile(outside, 'precious');
      await symlink(outside, join(folder, fileNames.stopRequest));
      await expect(requestStop(folder)).rejects.toThrow('stop.request is not a file but a link');
      expect(await isStopRequested(folder)).toBe(true);
      await withdrawStopRequest(folder);
      expect(await isStopRequested(folder)).toBe(false);
    }
    expect(await readFile(outside, 'utf8')).toBe('precious');
  },
);

test('a folder in its place is told in a sentence', async () => {
  const folder = await newRunFolder();
  await mkdir(join(folder, fileNames.stopRequest));
  await expect(requestStop(folder)).rejects.toThrow('stop.request is not a file but a link, a folder');
  await expect(withdrawStopRequest(folder)).rejects.toThrow('stop.request is a folder, not a request; move it away.');
});

test('a request to a run that is not there is refused in a sentence', async () => {
  await expect(requestStop('/no/such/run')).rejects.toThrow('/no/such/run is not there');
});
