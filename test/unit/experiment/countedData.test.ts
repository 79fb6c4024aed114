import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { countedData } from '../../../src/experiment/countedData';
import { smallArrays, writeNpz } from '../../fixtures/arrays';
import { pictureBytes, writePictures } from '../../fixtures/pictures';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const colour = { channels: 3, height: 64, width: 64 };
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

async function writeTraining(count: number, held: number): Promise<void> {
  const picture = await pictureBytes(8, 8, 100, 'png');
  const names = (part: string, of: number) =>
    Array.from({ length: of }, (_, index) => `${part}/${index % 2 === 0 ? 'cat' : 'dog'}/${index}.png`);
  const all = [...names('train', count), ...names('val', held), ...names('test', 4)];
  writePictures(Object.fromEntries(all.map((name) => [name, picture])), join(folder, 'images'));
}

it('is that which nobody has counted where no images are', async () => {
  const { data, trainingImages } = await countedData(folder, colour, 2);
  expect(trainingImages).toBe(null);
  expect(data.reason).toMatch(/^Put your pictures there/);
});

it('is counted where the folder that is proposed is there, without what is held out', async () => {
  await writeTraining(30, 6);
  const { data, trainingImages } = await countedData(folder, colour, 2);
  expect(data.value).toEqual({ folder: './images', size: 64, channels: 3 });
  expect(trainingImages).toBe(30);
  expect(data.reason).toMatch(/They are there: 2 classes; 30 training, 6 validation and 4 test pictures/);
});

it('is counted where the arrays that are proposed are there', async () => {
  renameSync(writeNpz(smallArrays(160, 40, 4), 6, folder), join(folder, 'images.npz'));
  const { data, trainingImages } = await countedData(folder, { channels: 1, height: 4, width: 4 }, 2);
  expect([data.value, trainingImages]).toEqual([{ arrays: './images.npz' }, 160]);
  expect(data.reason).not.toContain('\n');
});

it('is not counted where it cannot be used, which the config tells', async () => {
  mkdirSync(join(folder, 'images'));
  writeFileSync(join(folder, 'images', 'notes.txt'), '');
  expect((await countedData(folder, colour, 2)).trainingImages).toBe(null);
  writeFileSync(join(folder, 'images.npz'), 'no archive');
  expect((await countedData(folder, { ...colour, channels: 4 }, 2)).trainingImages).toBe(null);
});

it('of a known data set is what everybody knows, whatever is in the folder', async () => {
  await writeTraining(4, 2);
  const { data, trainingImages } = await countedData(folder, { channels: 3, height: 32, width: 32 }, 10);
  expect([data.value, trainingImages]).toEqual([{ dataset: 'cifar10' }, 50_000]);
});
