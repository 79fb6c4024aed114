import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
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
