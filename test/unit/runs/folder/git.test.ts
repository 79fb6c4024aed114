import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitState } from '../../../../src/runs/folder/git';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

test('a folder in a git repository tells its commit and whether tracked files differ', async () => {
  const repository = temporaryFolder();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
  git('init', '--quiet');
  const folder = join(repository, 'experiments');
  await mkdir(folder);
  expect(await gitState(folder)).toBeNull();

  await writeFile(join(folder, 'a.sfp.json'), '{}');
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'first');
  const commit = git('rev-parse', 'HEAD').trim();
  expect(await gitState(folder)).toEqual({ commit, dirty: false });

  await writeFile(join(folder, 'untracked.txt'), '');
  expect(await gitState(folder)).toEqual({ commit, dirty: false });
  await appendFile(join(folder, 'a.sfp.json'), '\n');
  expect(await gitState(folder)).toEqual({ commit, dirty: true });
});

test('a folder outside of git, or none at all, tells nothing', async () => {
  expect(await gitState(temporaryFolder())).toBeNull();
  expect(await gitState('/no/such/folder')).toBeNull();
});

test.skipIf(process.platform === 'win32')(
  'a program that the settings of a repository name is not started',
  async () => {
    const repository = temporaryFolder();
    const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
    git('init', '--quiet');
    await writeFile(join(repository, 'a.sfp.json'), '{}');
    git('add', '.');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'first');
    const [program, trace] = [join(repository, 'monitor'), join(repository, 'was-started')];
    await writeFile(program, `#!/bin/sh\ntouch '${trace}'\n`);
    await chmod(program, 0o755);
    git('config', 'core.fsmonitor', program);

    expect(await gitState(repository)).toMatchObject({ dirty: false });
    expect(existsSync(trace)).toBe(false);
  },
);
