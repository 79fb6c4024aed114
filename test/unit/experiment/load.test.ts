import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors';
import { loadExperiment } from '../../../src/experiment/load';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

async function written(text: string): Promise<string> {
  const file = join(temporaryFolder(), 'mine.sfp.json');
  await writeFile(file, text);
  return file;
}

test('a config file is read, with or without a byte order mark', async () => {
  const file = await written('\uFEFF{ "pruning": { "rate": 0.1 } }');
  expect((await loadExperiment(file)).config.pruning.rate).toBe(0.1);
});

test('it is named after its file where it gives no name', async () => {
  expect(await loadExperiment(await written('{}'))).toMatchObject({
    name: 'mine',
    runs: [{ config: { name: 'mine' } }],
  });
});

test('its problems are told one a line, as compilers do', async () => {
  const file = await written('{\n  "pruning": { "rate": 1.2, "ratee": 1 }\n}');
  const error = await loadExperiment(file).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    message: [
      `${file}:2:24: pruning.rate is 1.2; it must be at least 0 and below 1.`,
      `${file}:2:29: Unknown setting "pruning.ratee"; did you mean "rate"?`,
    ].join('\n'),
    detail: { file, line: 2, column: 24 },
  });
});

test('a file that is not there is told by name', async () => {
  const file = join(temporaryFolder(), 'none.sfp.json');
  await expect(loadExperiment(file)).rejects.toThrow(`There is no config file ${file}; check its path.`);
});

test('a folder is not a config', async () => {
  const folder = temporaryFolder();
  await expect(loadExperiment(folder)).rejects.toThrow(`${folder} is a folder; name a config file in it.`);
});

test('of a file that is too long for a config only the beginning is read', async () => {
  const file = await written(' '.repeat(5_000_000));
  await expect(loadExperiment(file)).rejects.toThrow(
    `${file}:1:1: The config is too long; it must have at most 1000000 characters.`,
  );
});
