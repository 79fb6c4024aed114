import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { extensionWith } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { Uri } = await import('vscode');
const { CommandLine } = await import('../../../../src/extension/commandLine');
const { submitRuns } = await import('../../../../src/extension/runs/submitRuns');

let folder: string;
beforeEach(() => {
  shown.reset();
  folder = temporaryFolder();
  writeFileSync(join(folder, 'net.sfp.json'), '{}');
});

/** Notes what it was called with, and answers as `sfp submit` does. */
const sfp = (): string => `
  const args = process.argv.slice(2);
  require('node:fs').appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify(args) + '\\n');
  console.log(JSON.stringify({ type: 'plan', folder: '/job', tasks: 24, command: ['sbatch', '--parsable'], script: '#!/bin/bash\\n' }));
  if (!args.includes('--dry-run')) console.log(JSON.stringify({ type: 'submitted', job: '42', runs: [{ run: 'net-seed1' }] }));`;

const submitted = (script = sfp()): ReturnType<typeof submitRuns> =>
  submitRuns(Uri.file(join(folder, 'net.sfp.json')), new CommandLine(extensionWith(script)));

const calls = (): string[][] =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

test('a config is submitted by the profile that is picked, when its batch script was seen and agreed to', async () => {
  shown.found = [join(folder, 'gpu.slurm.json')];
  shown.picks = ['gpu'];
  shown.click = 'Submit';
  const runs = join(folder, '.sfp', 'runs');
  expect(await submitted()).toEqual({ runsFolder: runs, ids: ['net-seed1'] });
  const args = ['submit', join(folder, 'net.sfp.json'), '--runs', runs, '--json', '--profile', shown.found[0]!];
  expect(calls()).toEqual([[...args, '--dry-run'], args]);
  expect(shown.offered).toEqual([['gpu', 'No profile']]);
  expect(shown.documents).toEqual([
    '#!/bin/bash\n\n# Given to Slurm by a call with these arguments:\n#   sbatch\n#   --parsable\n',
  ]);
  expect(shown.messages.map(({ text }) => text)).toEqual([
    'Submit 24 runs to Slurm?',
    '24 runs are submitted to Slurm as job 42.',
  ]);
});

test('nothing is submitted that was not agreed to', async () => {
  expect(await submitted()).toBeUndefined();
  expect(calls()).toHaveLength(1);
  shown.found = [join(folder, 'gpu.slurm.json')];
  expect(await submitted()).toBeUndefined();
  expect(calls()).toHaveLength(1);
});

test('nothing is started in a workspace that is not trusted', async () => {
  shown.isTrusted = false;
  expect(await submitted('throw new Error()')).toBeUndefined();
  expect(shown.messages[0]?.text).toMatch(/needs a trusted workspace/);
});

test('where all runs are there, that is said', async () => {
  expect(await submitted('')).toBeUndefined();
  expect(shown.messages[0]?.text).toBe('All runs of this config are there already; nothing was submitted.');
});

test('what Slurm says of a job that it refuses is told', async () => {
  await expect(submitted(`console.error('Slurm refused the job.'); process.exitCode = 1;`)).rejects.toThrow(
    'Slurm refused the job.',
  );
});
