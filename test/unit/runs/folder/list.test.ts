import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listRuns } from '../../../../src/runs/folder/list';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

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

  test('is empty where no run was ever made', async () => {
    expect(await listRuns(join(temporaryFolder(), 'none'))).toEqual([]);
  });
});
