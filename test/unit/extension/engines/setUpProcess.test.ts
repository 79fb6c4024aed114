import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSetUp, type SetUpStep } from '../../../../src/extension/engines/setUpProcess';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

/** Runs a script in the place of `sfp engines setup`. */
async function run(
  script: string,
  choices: { gpu?: boolean; force?: boolean; from?: string; signal?: AbortSignal } = {},
) {
  const cwd = temporaryFolder();
  const file = join(cwd, 'cli.js');
  writeFileSync(file, script);
  const steps: SetUpStep[] = [];
  const notes: string[] = [];
  const { gpu = false, force = false, from, signal = new AbortController().signal } = choices;
  const version = await runSetUp({
    node: { path: process.execPath, version: process.versions.node, env: {} },
    script: file,
    cwd,
    gpu,
    force,
    from,
    signal,
    onStep: (step) => steps.push(step),
    onNote: (note) => notes.push(note),
  });
  return { version, steps, notes };
}

test('tells the steps, the share that is done, the notes, and gives the version', async () => {
  const lines = [
    { type: 'progress', phase: 'installing', source: 'with npm', bytes: 0, total: 0 },
    { type: 'progress', phase: '', source: '', bytes: 0, total: 0, note: 'pypi.org: it cannot be reached.' },
    { type: 'progress', phase: 'unpacking', source: 'a wheel', bytes: 299, total: 1000 },
    { type: 'done', folder: '/cache', tensorflowVersion: '2.21.0' },
  ];
  const script = `console.log(${JSON.stringify(lines.map((line) => JSON.stringify(line)).join('\n'))}); console.log('no line of ours')`;
  expect(await run(script)).toEqual({
    version: '2.21.0',
    steps: [
      { title: 'installing with npm', percent: null },
      { title: 'unpacking a wheel', percent: 29 },
    ],
    notes: ['pypi.org: it cannot be reached.'],
  });
});

test('asks for what was chosen', async () => {
  const script = `console.log(JSON.stringify({ type: 'done', tensorflowVersion: process.argv.slice(2).join(' ') }))`;
  expect((await run(script)).version).toBe('engines setup --json');
  expect((await run(script, { gpu: true, force: true })).version).toBe('engines setup --json --gpu --force');
  expect((await run(script, { from: '/a wheel.whl' })).version).toBe('engines setup --json --from /a wheel.whl');
});

test('fails in the words of the process', async () => {
  const script = `process.stderr.write('The disk is full.\\n'); process.exitCode = 1`;
  await expect(run(script)).rejects.toThrow(/^The disk is full\.$/);
  await expect(run('process.exit(3)')).rejects.toThrow('ended without a word (code 3)');
});

test('knows the log that the process names', async () => {
  const failed = (sentence: string) =>
    run(`process.stderr.write(${JSON.stringify(sentence)}); process.exitCode = 1`).catch((error: unknown) => error);
  const named = 'TensorFlow could not be set up: no; the log is /the cache/engines/tensorflow-cpu.log.\n';
  expect(await failed(named)).toMatchObject({ detail: { file: '/the cache/engines/tensorflow-cpu.log' } });
  expect(await failed('The disk is full.\n')).toMatchObject({ detail: {} });
});

test.skipIf(process.platform === 'win32')('asks the process to end when it is cancelled', async () => {
  const cancelled = new AbortController();
  const script = `
    process.on('SIGINT', () => process.exit(130));
    setInterval(() => undefined, 1000);
    console.log(JSON.stringify({ type: 'progress', phase: 'ready', source: '', bytes: 0, total: 0 }));`;
  const ended = run(script, { signal: cancelled.signal });
  setTimeout(() => {
    cancelled.abort();
  }, 500);
  expect((await ended).version).toBeNull();
});
