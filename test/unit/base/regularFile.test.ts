import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRegular, readRegular, refuseUnlessFolder } from '../../../src/base/regularFile';
import { UserError } from '../../../src/base/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const isWindows = process.platform === 'win32';

describe('a file that somebody else may have put there', () => {
  test('is read when it is a file', async () => {
    const path = join(temporaryFolder(), 'file');
    await writeFile(path, 'text');
    expect((await readRegular(path, 4, 'make it again')).toString()).toBe('text');
  });

  test('is not read when it is longer than it may be', async () => {
    const path = join(temporaryFolder(), 'file');
    await writeFile(path, 'text');
    await expect(readRegular(path, 3, 'make it again')).rejects.toThrow(/file is larger .*; make it again\./);
  });

  test('is missing with the error of the system', async () => {
    const path = join(temporaryFolder(), 'file');
    await expect(openRegular(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each(['read', 'append', 'create', 'change'] as const)(
    'is refused to %s when it is a folder',
    async (purpose) => {
      const path = join(temporaryFolder(), 'file');
      await mkdir(path);
      await expect(openRegular(path, purpose)).rejects.toThrow(UserError);
    },
  );

  test.skipIf(isWindows).each(['read', 'append', 'create', 'change'] as const)(
    'is refused to %s when it is a link, and what it leads to is left as it is',
    async (purpose) => {
      const folder = temporaryFolder();
      const [path, target] = [join(folder, 'file'), join(folder, 'elsewhere')];
      await writeFile(target, 'mine');
      await symlink(target, path);
      await expect(openRegular(path, purpose)).rejects.toThrow(/is not a file but a link/);
      expect(await readFile(target, 'utf8')).toBe('mine');
    },
  );

  test.skipIf(isWindows)('is refused when it is a link to nowhere, and nothing is made there', async () => {
    const folder = temporaryFolder();
    await symlink(join(folder, 'elsewhere'), join(folder, 'file'));
    await expect(openRegular(join(folder, 'file'), 'append')).rejects.toThrow(UserError);
    await expect(readFile(join(folder, 'elsewhere'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.skipIf(isWindows)('is refused, not waited for, when it is a pipe or leads round in a circle', async () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    await expect(openRegular(join(folder, 'pipe'), 'read')).rejects.toThrow(UserError);
    await expect(openRegular(join(folder, 'loop'), 'read')).rejects.toThrow(UserError);
  });
});

test.skipIf(isWindows)('a folder is refused when it is a link to one', async () => {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'own'));
  await symlink(join(folder, 'own'), join(folder, 'link'));
  await refuseUnlessFolder(join(folder, 'own'));
  await refuseUnlessFolder(join(folder, 'missing'));
  await expect(refuseUnlessFolder(join(folder, 'link'))).rejects.toThrow(/does not follow it/);
});
