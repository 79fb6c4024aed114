import { afterEach, expect, test, vi } from 'vitest';
import {
  isCalledWith,
  splitCommandLine,
  isRunning,
  processExists,
  signalTree,
  thisProcess,
} from '../../../src/base/processes';
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

test('what would reach this process, those that started it, or everything is never signalled', async () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  for (const pid of [0, 1, -1, -process.pid, 2.5, NaN, 2 ** 60, process.pid, process.ppid])
    await expect(signalTree(pid, 'SIGTERM')).rejects.toThrow('must not be signalled');
  expect(kill).not.toHaveBeenCalled();
});

test.runIf(process.platform === 'linux' || process.platform === 'darwin')(
  'a process is known by what it was called with',
  async () => {
    expect(await isCalledWith(process.pid, { path: process.execPath })).toBe(true);
    expect(await isCalledWith(process.pid, { path: '/no/such/run' })).toBe(false);
    expect(await isCalledWith(await freePid(), { path: '/no/such/run' })).toBeNull();
  },
);

test('in a command line that is one text a path is found as a whole argument, with spaces in it, too', () => {
  const [run, other] = ['/my runs/a', '/my runs/ab'];
  const args = (text: string) =>
    splitCommandLine(text, [run]).map((argument) => (argument === '\0' ? 'the run' : argument));
  expect(args(`node trainer.js ${run}`)).toEqual(['node', 'trainer.js', 'the run']);
  expect(args(`"node.exe"  "trainer.js" "${run}/" x`)).toEqual(['node.exe', 'trainer.js', 'the run', 'x']);
  expect(args(`node trainer.js ${other}`)).not.toContain('the run');
  expect(args(`node trainer.js --folder=${run} ${run}/trainer.log`)).not.toContain('the run');
});
