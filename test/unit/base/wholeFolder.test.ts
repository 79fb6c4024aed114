import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDurably, makeFolder } from '../../../src/base/durable';
import { replaceFile } from '../../../src/base/replaceFile';
import { removeFolder, replaceFolder } from '../../../src/base/wholeFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const isWindows = process.platform === 'win32';
const filled = (text: string) => (folder: string) => createDurably(join(folder, 'file'), text);

describe('a folder that is written whole', () => {
  test('replaces the one before, and leaves nothing beside it', async () => {
    const root = temporaryFolder();
    for (const text of ['old', 'new']) await replaceFolder(join(root, 'whole'), filled(text));
    expect(await readFile(join(root, 'whole', 'file'), 'utf8')).toBe('new');
    expect(await readdir(root)).toEqual(['whole']);
  });

  test('leaves the one before where it can’t be written', async () => {
    const root = temporaryFolder();
    await replaceFolder(join(root, 'whole'), filled('old'));
    await expect(replaceFolder(join(root, 'whole'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readFile(join(root, 'whole', 'file'), 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['whole']);
  });

  test.skipIf(isWindows)('takes the place of a link, and neither writes nor deletes where that leads', async () => {
    const [root, elsewhere] = [temporaryFolder(), temporaryFolder()];
    await writeFile(join(elsewhere, 'file'), 'mine');
    for (const name of ['whole', 'whole.partial']) await symlink(elsewhere, join(root, name));
    await replaceFolder(join(root, 'whole'), filled('new'));
    await symlink(elsewhere, join(root, 'link'));
    await removeFolder(join(root, 'link'));
    expect(await readFile(join(elsewhere, 'file'), 'utf8')).toBe('mine');
    expect(await readFile(join(root, 'whole', 'file'), 'utf8')).toBe('new');
    expect(await readdir(root)).toEqual(['whole']);
  });
});

test('a folder is made with all above it, and may be there already', async () => {
  const path = join(temporaryFolder(), 'a', 'b', 'c');
  await makeFolder(path);
  await makeFolder(path);
  expect(await readdir(path)).toEqual([]);
});

describe('a file that is replaced', () => {
  test('is the new one, with nothing beside it', async () => {
    const root = temporaryFolder();
    for (const text of ['old', 'new']) await replaceFile(join(root, 'file'), text);
    expect(await readFile(join(root, 'file'), 'utf8')).toBe('new');
    expect(await readdir(root)).toEqual(['file']);
  });

  test('stays as it is where a folder or a link is in its place', async () => {
    const root = temporaryFolder();
    await mkdir(join(root, 'folder'));
    await expect(replaceFile(join(root, 'folder'), 'new')).rejects.toThrow(/is not a file/);
    if (isWindows) return;
    await writeFile(join(root, 'mine'), 'mine');
    await symlink(join(root, 'mine'), join(root, 'link'));
    await expect(replaceFile(join(root, 'link'), 'new')).rejects.toThrow(/is not a file but a link/);
    expect(await readFile(join(root, 'mine'), 'utf8')).toBe('mine');
  });
});
