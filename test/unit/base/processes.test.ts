import { afterEach, expect, test, vi } from 'vitest';
import { isRunning, processExists, signalTree, thisProcess } from '../../../src/base/processes';
import { freePid } from '../../fixtures/freePid';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a process exists as long as it has its pid', async () => {
  expect(processExists(process.pid)).toBe(true);
  expect(processExists(await freePid())).toBe(false);
});

test('a process of another user, which may not be signalled, exists', () => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  });
  expect(processExists(process.pid)).toBe(true);
});

test.runIf(process.platform === 'linux' || process.platform === 'darwin')(
  'this process runs, and another one that has its pid now does not',
  async () => {
    const me = await thisProcess();
    expect(me.pid).toBe(process.pid);
    expect(await isRunning(me)).toBe(true);
    expect(await isRunning({ ...me, started: 'another time' })).toBe(false);
    expect(await isRunning({ pid: me.pid })).toBe('unsure');
  },
);

test('a process that is gone is no error to signal', async () => {
  await expect(signalTree(await freePid(), 'SIGTERM')).resolves.toBeUndefined();
});
