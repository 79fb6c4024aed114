import { expect, test } from 'vitest';
import { dataName, hasOwnImages } from '../../../src/config/dataName';

test.each([
  [{ arrays: null, folder: null }, 'cifar10', false],
  [{ arrays: './sets/mine.npz', folder: null }, 'mine.npz', true],
  [{ arrays: null, folder: 'C:\\Users\\me\\images\\' }, 'images', true],
  [{ arrays: null, folder: '/data/pictures/.' }, 'pictures', true],
])('%j is called %s', (source, name, own) => {
  expect(dataName({ dataset: 'cifar10', ...source })).toBe(name);
  expect(hasOwnImages(source)).toBe(own);
});
