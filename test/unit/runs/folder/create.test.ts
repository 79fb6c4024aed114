import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../../src/config/schema';
import { resolve } from '../../../../src/experiment/resolve';
import { createRuns } from '../../../../src/runs/folder/create';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { fileNames } from '../../../../src/runs/model/format';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

describe('creating a run', () => {
  test('makes a folder named after time, run and chance, with a manifest in it', async () => {
    const folder = await newRunFolder({ name: 'resnet20-l1' });
    expect(basename(folder)).toMatch(/^\d{8}T\d{6}Z-resnet20-l1-[0-9a-f]{6}$/);
    expect(await readManifest(folder)).toMatchObject({
      id: basename(folder),
      name: 'resnet20-l1',
      experiment: 'test',
      status: 'created',
      process: null,
    });
    expect((await readdir(folder)).toSorted()).toEqual([fileNames.checkpoints, fileNames.run]);
  });

  test.each(['../../elsewhere', '/etc', 'a\\..\\b', 'a\u001b]0;x\u0007\nb', 'n'.repeat(10_000)])(
    'keeps it in the folder of the runs, whatever it is called: %j',
    async (name) => {
      const runs = temporaryFolder();
      const folder = await newRunFolder({ name }, runs);
      expect(await readdir(runs)).toEqual([basename(folder)]);
      expect(basename(folder)).toMatch(/^\d{8}T\d{6}Z-[\w.-]{1,128}-[0-9a-f]{6}$/);
      expect((await readManifest(folder)).config.name).toBe(name);
    },
  );

  test('leaves nothing else behind', async () => {
    const folder = await newRunFolder();
    expect(await readdir(join(folder, '..'))).toEqual([basename(folder)]);
  });

  test('where a file is in the way is refused in a sentence', async () => {
    const file = join(temporaryFolder(), 'runs');
    await writeFile(file, '');
    await expect(newRunFolder({}, file)).rejects.toThrow(`A file is in the way of the folder ${file}`);
  });
});

test('the runs of an experiment are made in the order of its sweep, and share its name', async () => {
  const folder = temporaryFolder();
  const config = configSchema.parse({ sweep: { 'pruning.criterion': ['l2', 'l1'] } });
  const runs = await createRuns(join(folder, 'runs'), {
    experiment: resolve(config, 'norms'),
    configFile: join(folder, 'norms.sfp.json'),
    versions: { node: '20.0.0' },
  });
  expect(runs.map(({ name }) => name)).toEqual(['norms-l2', 'norms-l1']);
  for (const { id, folder: made } of runs)
    expect(await readManifest(made)).toMatchObject({
      id,
      experiment: 'norms',
      versions: { node: '20.0.0' },
      git: null,
    });
});
