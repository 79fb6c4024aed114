import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listPictures } from '../../../../src/data/own/listPictures';
import { writePictures } from '../../../fixtures/pictures';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

/** Files that nobody reads: listing goes by names. */
const named = (...paths: readonly string[]): string =>
  writePictures(Object.fromEntries(paths.map((path) => [path, Buffer.of(1)])));

const many = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `train/${name}/${index}.jpg`);

describe('a folder of pictures', () => {
  test('has its classes in the order of their names, in any script, and its parts one after another', async () => {
    const folder = named(
      ...['train/猫/b.JPG', 'train/猫/a.png', 'train/dog/1.webp', 'train/dog/notes.txt', 'train/dog/.hidden.jpg'],
      ...['val/dog/2.jpeg', 'test/猫/3.jpg'],
    );
    expect(await listPictures(folder)).toMatchObject({
      classes: ['dog', '猫'],
      training: {
        files: ['train/dog/1.webp', 'train/猫/a.png', 'train/猫/b.JPG', 'val/dog/2.jpeg'],
        labels: [0, 1, 1, 0],
      },
      validationFrom: 3,
      test: { files: ['test/猫/3.jpg'], labels: [1] },
      isTestSplit: false,
    });
  });

  test('without a test part gives a tenth of every class to it, always the same, however unequal they are', async () => {
    const folder = named(...many('few', 3), ...many('lone', 1), ...many('many', 200));
    const first = await listPictures(folder);
    expect(await listPictures(folder)).toEqual(first);
    expect(first.isTestSplit).toBe(true);
    const countOf = (labels: readonly number[]): number[] =>
      [0, 1, 2].map((label) => labels.filter((each) => each === label).length);
    expect(countOf(first.test.labels)).toEqual([1, 0, 20]);
    expect(countOf(first.training.labels)).toEqual([2, 1, 180]);
    expect(new Set([...first.test.files, ...first.training.files]).size).toBe(204);
  });

  test('has another fingerprint when a picture comes, goes or changes its class or part', async () => {
    const print = async (...paths: string[]): Promise<string> => (await listPictures(named(...paths))).fingerprint;
    const prints = await Promise.all([
      print('train/a/1.jpg', 'train/b/1.jpg'),
      print('train/a/1.jpg', 'train/b/1.jpg', 'train/b/2.jpg'),
      print('train/a/1.jpg', 'train/a/2.jpg', 'train/b/1.jpg'),
      print('train/a/1.jpg', 'train/b/1.jpg', 'val/b/2.jpg'),
    ]);
    expect(new Set(prints).size).toBe(4);
  });

  test.skipIf(process.platform === 'win32')('is not left by links', async () => {
    const outside = named('secret/1.jpg');
    const folder = named('train/a/1.jpg', 'train/b/1.jpg', 'test/a/1.jpg');
    symlinkSync(join(outside, 'secret'), join(folder, 'train', 'c'));
    symlinkSync(join(outside, 'secret', '1.jpg'), join(folder, 'train', 'a', '2.jpg'));
    const { classes, training, links } = await listPictures(folder);
    expect([classes, training.files.length, links]).toEqual([['a', 'b'], 2, 2]);
  });
});

describe('refused with a sentence', () => {
  test.each<[string, string[], string]>([
    ['an empty folder', [], 'has no folder "train": pictures are looked for in train/CLASS/'],
    ['one without classes', ['train/1.jpg'], 'has no folders in it: there must be one for each class'],
    ['one class', ['train/cat/1.jpg'], 'has the class "cat" only; a network tells at least two apart'],
    ['a class without pictures', ['train/cat/1.jpg', 'train/dog/1.txt'], 'has no pictures in it (jpg, jpeg, png or'],
    ['an unknown class', ['train/a/1.jpg', 'train/b/1.jpg', 'val/c/1.jpg'], 'has a class "c", which train has not'],
    ['an empty part', ['train/a/1.jpg', 'train/b/1.jpg', 'test/a/1.txt'], 'has no pictures in it: add some, or delete'],
  ])('%s', async (_, paths, sentence) => {
    await expect(listPictures(named(...paths))).rejects.toThrow(sentence);
  });

  test.skipIf(process.platform === 'win32')('a train folder that is a link', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'train'));
    await expect(listPictures(folder)).rejects.toThrow('has no folder "train"');
  });
});
