import { readdir } from 'node:fs/promises';
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

test('a request to a run that is not there is refused in a sentence', async () => {
  await expect(requestStop('/no/such/run')).rejects.toThrow('/no/such/run is not there');
});
