import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { FollowedRunsFolder, listRuns } from '../../../../src/runs/folder/list';
import { readShown } from '../../../../src/runs/folder/status';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { fileNames } from '../../../../src/runs/model/format';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock(import('../../../../src/runs/folder/status'), async (original) => {
  const status = await original();
  return { ...status, readShown: vi.fn(status.readShown) };
});

describe('the list of runs', () => {
  test('has the newest first, and damaged ones with what is wrong', async () => {
    const runs = join(temporaryFolder(), 'runs');
    const good = await newRunFolder({ name: 'good' }, runs);
    for (const name of ['20010101T000000Z-old-000000', '.20990101T000000Z-unfinished-000000'])
      await mkdir(join(runs, name));
    await writeFile(join(runs, 'notes.txt'), 'mine');
    const listed = await listRuns(runs);
    expect(listed.map(({ folder, problem }) => [basename(folder), problem])).toEqual([
      [basename(good), null],
      [
        '20010101T000000Z-old-000000',
        `${join(runs, '20010101T000000Z-old-000000')} is not a run folder: it has no run.json.`,
      ],
    ]);
    expect(listed[0]).toMatchObject({ name: 'good', status: 'created', folder: good });
  });

  test('has all others where one run fails in a way that nobody has foreseen', async () => {
    const runs = join(temporaryFolder(), 'runs');
    const [one, other] = [await newRunFolder({ name: 'one' }, runs), await newRunFolder({ name: 'other' }, runs)];
    const really = vi.mocked(readShown).getMockImplementation()!;
    vi.mocked(readShown).mockImplementation((folder, read) => {
      if (folder === one) throw new RangeError('Maximum call stack size exceeded');
      return really(folder, read);
    });
    const problems = new Map((await listRuns(runs)).map(({ folder, problem }) => [folder, problem]));
    vi.mocked(readShown).mockImplementation(really);
    expect(problems.get(other)).toBeNull();
    expect(problems.get(one)).toBe(`${one} is damaged, so that it can’t be read: Maximum call stack size exceeded`);
  });

  test('is empty where no run was ever made', async () => {
    expect(await listRuns(join(temporaryFolder(), 'none'))).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')(
    'has a line for whatever has the name run.json, and never reads what is not a file of its size',
    async () => {
      const runs = join(temporaryFolder(), 'runs');
      const good = await newRunFolder({ name: 'good' }, runs);
      const oddly = async (name: string, make: (manifest: string) => unknown) => {
        await mkdir(join(runs, name));
        await make(join(runs, name, fileNames.run));
      };
      await oddly('1-pipe', (manifest) => execFileSync('mkfifo', [manifest]));
      await oddly('2-folder', (manifest) => mkdir(manifest));
      await oddly('3-loop', (manifest) => symlink(manifest, manifest));
      await oddly('4-link', (manifest) => symlink(join(good, fileNames.run), manifest));
      await oddly('5-huge', async (manifest) => {
        await writeFile(manifest, '{');
        await truncate(manifest, 600 * 2 ** 20);
      });
      await symlink(join(runs, '6-loop'), join(runs, '6-loop'));
      execFileSync('mkfifo', [join(runs, '7-pipe')]);
      const problems = new Map((await listRuns(runs)).map(({ folder, problem }) => [basename(folder), problem]));
      expect(problems.size).toBe(8);
      expect(problems.get(basename(good))).toBeNull();
      for (const name of ['1-pipe', '2-folder', '3-loop', '4-link'])
        expect(problems.get(name)).toMatch(/run\.json is not a file but a link, a folder, a pipe or a device/);
      expect(problems.get('5-huge')).toMatch(/run\.json is larger than such a file can be/);
      expect(problems.get('6-loop')).toMatch(/leads through links that lead back to themselves/);
      expect(problems.get('7-pipe')).toMatch(/is not a run folder/);
    },
  );

  test.skipIf(process.platform === 'win32')('is refused in a sentence where the folder of runs is none', async () => {
    const file = join(temporaryFolder(), 'runs');
    await writeFile(file, '');
    await expect(listRuns(file)).rejects.toThrow(UserError);
    const loop = join(temporaryFolder(), 'loop');
    await symlink(loop, loop);
    await expect(listRuns(loop)).rejects.toThrow(UserError);
  });

  test('gives the same objects for what is as it was, and new ones for what has changed', async () => {
    const runs = join(temporaryFolder(), 'runs');
    const [one, other] = [await newRunFolder({ name: 'one' }, runs), await newRunFolder({ name: 'other' }, runs)];
    await mkdir(join(runs, 'broken'));
    const list = new FollowedRunsFolder(runs);
    const before = await list.list();
    expect(await list.list()).toEqual(before);
    for (const [index, run] of (await list.list()).entries()) expect(run).toBe(before[index]);
    const writer = await RunWriter.open(one);
    await writer.update({ status: 'finished' });
    await writer.close();
    await rm(join(runs, 'broken'), { recursive: true });
    const changed = await list.list();
    expect(changed).toHaveLength(2);
    expect(changed.find(({ folder }) => folder === other)).toBe(before.find(({ folder }) => folder === other));
    expect(changed.find(({ folder }) => folder === one)).toMatchObject({ status: 'finished' });
  });
});
