import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

/** A repository with a commit of two files, a program that leaves a trace, and whether it has. */
async function hostileRepository() {
  const repository = temporaryFolder();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
  git('init', '--quiet');
  await writeFile(join(repository, 'a.sfp.json'), '{}');
  await writeFile(join(repository, '.gitattributes'), '* filter=a\n');
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'first');
  const [program, trace] = [join(temporaryFolder(), 'program'), join(temporaryFolder(), 'was-started')];
  await writeFile(program, `#!/bin/sh\ntouch '${trace}'\ncat\n`);
  await chmod(program, 0o755);
  const touched = async () => writeFile(join(repository, 'a.sfp.json'), '{}');
  return { repository, git, program, touched, hasStarted: () => existsSync(trace) };
}

describe.skipIf(process.platform === 'win32')('no program that a repository names is started:', () => {
  test('a monitor of files', async () => {
    const { repository, git, program, hasStarted } = await hostileRepository();
    git('config', 'core.fsmonitor', program);
    expect(await gitState(repository)).toMatchObject({ dirty: false });
    expect(hasStarted()).toBe(false);
  });

  test.each([
    ['a', 'clean'],
    ['a', 'process'],
    ['b.c', 'clean'],
  ])('a filter, its setting filter.%s.%s', async (name, part) => {
    const { repository, git, program, touched, hasStarted } = await hostileRepository();
    await writeFile(join(repository, '.git', 'info', 'attributes'), `* filter=${name}\n`);
    git('config', `filter.${name}.${part}`, program);
    git('config', `filter.${name}.required`, 'true');
    await touched();
    expect(await gitState(repository)).toMatchObject({ dirty: false });
    await appendFile(join(repository, 'a.sfp.json'), '\n');
    expect(await gitState(repository)).toMatchObject({ dirty: true });
    expect(hasStarted()).toBe(false);
  });

  test('a filter in settings that those of the repository include', async () => {
    const { repository, git, program, touched, hasStarted } = await hostileRepository();
    await writeFile(join(repository, '.git', 'more'), `[filter "a"]\n\tclean = "${program}"\n`);
    git('config', 'include.path', 'more');
    await touched();
    expect(await gitState(repository)).toMatchObject({ dirty: false });
    expect(hasStarted()).toBe(false);
  });

  test('a filter whose name no option can hold, beside which nothing is told', async () => {
    const { repository, git, program, touched, hasStarted } = await hostileRepository();
    await writeFile(join(repository, '.git', 'info', 'attributes'), '* filter=x=y\n');
    git('config', 'filter.x=y.clean', program);
    await touched();
    expect(await gitState(repository)).toBeNull();
    expect(hasStarted()).toBe(false);
  });

  test('a filter of a submodule', async () => {
    const { repository, git, program, hasStarted } = await hostileRepository();
    const inner = await hostileRepository();
    git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.repository, 'inner');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'second');
    execFileSync('git', ['config', 'filter.a.clean', program], { cwd: join(repository, 'inner') });
    await writeFile(join(repository, 'inner', 'a.sfp.json'), '{}');
    expect(await gitState(repository)).toMatchObject({ dirty: false });
    expect(hasStarted()).toBe(false);
  });

  test('a server from which missing objects would be fetched', async () => {
    const { repository, git, program, hasStarted } = await hostileRepository();
    const tree = git('rev-parse', 'HEAD^{tree}').trim();
    await rm(join(repository, '.git', 'objects', tree.slice(0, 2), tree.slice(2)));
    const settings = {
      'core.repositoryFormatVersion': '1',
      'extensions.partialClone': 'origin',
      'remote.origin.url': repository,
      'remote.origin.promisor': 'true',
      'remote.origin.uploadpack': program,
    };
    for (const [name, value] of Object.entries(settings)) git('config', name, value);
    expect(await gitState(repository)).toBeNull();
    expect(hasStarted()).toBe(false);
  });

  test('a hook', async () => {
    const { repository, program, touched, hasStarted } = await hostileRepository();
    await symlink(program, join(repository, '.git', 'hooks', 'post-index-change'));
    await touched();
    expect(await gitState(repository)).toMatchObject({ dirty: false });
    expect(hasStarted()).toBe(false);
  });
});
