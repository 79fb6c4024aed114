import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSensitivity, writeSensitivity } from '../../../../src/runs/folder/sensitivityFile';
import { readHistory, RunReader } from '../../../../src/runs/folder/reader';
import { fileNames } from '../../../../src/runs/model/format';
import { plausibleSensitivity } from '../../../fixtures/plausibleSensitivity';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const whole = plausibleSensitivity();

test('what is written is read back', async () => {
  const file = join(temporaryFolder(), 'folder', 'sensitivity.json');
  await writeSensitivity(file, whole);
  expect(await readSensitivity(file)).toEqual(whole);
});

test('a missing or damaged file is none, and what is no measurement is not written', async () => {
  const file = join(temporaryFolder(), 'sensitivity.json');
  expect(await readSensitivity(file)).toBeNull();
  await writeFile(file, JSON.stringify(whole).slice(0, -10));
  expect(await readSensitivity(file)).toBeNull();
  await writeFile(file, JSON.stringify({ ...whole, pools: [{}] }));
  expect(await readSensitivity(file)).toBeNull();
  await expect(writeSensitivity(file, { ...whole, base: { loss: NaN, accuracy: 0.5 } })).rejects.toThrow();
});

test('a run’s history has it, and its deltas only when it is new', async () => {
  const folder = await newRunFolder();
  expect((await readHistory(folder)).sensitivity).toBeNull();
  const reader = await RunReader.open(folder);
  expect(await reader.read()).not.toHaveProperty('sensitivity');
  await writeSensitivity(join(folder, fileNames.sensitivity), whole);
  expect((await reader.read()).sensitivity).toEqual(whole);
  expect(await reader.read()).not.toHaveProperty('sensitivity');
  expect((await readHistory(folder)).sensitivity).toEqual(whole);
  await rm(join(folder, fileNames.sensitivity));
  expect((await reader.read()).sensitivity).toBeNull();
});
