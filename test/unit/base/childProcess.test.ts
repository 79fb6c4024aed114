import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild, type ChildOptions } from '../../../src/base/childProcess';
import { isRunning, signalTree } from '../../../src/base/processes';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const node = (script: string, options: ChildOptions = {}) => runChild(process.execPath, ['-e', script], options);

describe('runChild', () => {
  it('gives what it was told and what it said, on each way and in order', async () => {
    const script = `
      process.stdin.on('data', (text) => {
        process.stdout.write('heard ' + text, () => setTimeout(() => console.error('about ' + process.env.SUBJECT), 50));
      });`;
    expect(await node(script, { input: 'grüße; ', env: { SUBJECT: 'owls' } })).toEqual({
      problem: null,
      started: true,
      code: 0,
      endedBy: null,
      stdout: 'heard grüße; ',
      stderr: 'about owls\n',
      output: 'heard grüße; about owls\n',
      answer: undefined,
    });
  });

  it('keeps the end of a long text', async () => {
    const { stdout, stderr, output } = await node(`process.stdout.write('x'.repeat(1e6) + 'end')`, {
      keptCharacters: 5,
    });
    expect([stdout, stderr, output]).toEqual(['xxend', '', 'xxend']);
  });

  it('passes messages with their arrays of numbers, both ways', async () => {
    const script = `process.once('message', ({ values }) => process.send(values.map((value) => 2 * value), () => process.exit()))`;
    const { answer } = await node(script, { message: { values: Float32Array.of(1, 2) } });
    expect(answer).toEqual(Float32Array.of(2, 4));
  });

  it('tells how a program failed, and one that reads nothing is no other case', async () => {
    const input = 'x'.repeat(1e6);
    expect(await node('process.exit(3)', { input, message: { input } })).toMatchObject({
      problem: 'ended with code 3',
      code: 3,
    });
  });

  it('tells why a program could not be started', async () => {
    const ended = await runChild('there-is-no-such-program', [], { input: 'x', message: 'x' });
    expect(ended).toMatchObject({ started: false, problem: 'spawn there-is-no-such-program ENOENT' });
  });

  it.skipIf(process.platform === 'win32')('kills one that takes too long', async () => {
    const ended = await node('setInterval(() => undefined, 1000)', { patience: 200 });
    expect(ended).toMatchObject({ problem: 'was ended by SIGKILL', endedBy: 'SIGKILL', code: null });
  });

  it.skipIf(process.platform === 'win32')('asks one to end that is aborted, before it starts as well', async () => {
    const forever = 'setInterval(() => undefined, 1000)';
    expect(await node(forever, { signal: AbortSignal.timeout(100) })).toMatchObject({ endedBy: 'SIGTERM' });
    expect(await node(forever, { signal: AbortSignal.abort() })).toMatchObject({ endedBy: 'SIGTERM' });
  });

  it.skipIf(process.platform === 'win32')('ends all that it has started, when it is given the means', async () => {
    const file = path.join(temporaryFolder(), 'pid');
    const script = `
      const { spawn } = require('node:child_process');
      const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' });
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(pid));
      setInterval(() => undefined, 1000);`;
    const abort = new AbortController();
    const ended = node(script, { signal: abort.signal, signalTree });
    let pid = 0;
    await expect
      .poll(async () => (pid = Number(await readFile(file, 'utf8').catch(() => ''))), { timeout: 10_000 })
      .toBeGreaterThan(0);
    abort.abort();
    expect(await ended).toMatchObject({ endedBy: 'SIGTERM' });
    expect(await isRunning({ pid })).toBe(false);
  });
});
