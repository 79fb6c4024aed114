import { expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors';
import { cacheProblem, fileProblem } from '../../../src/base/fileProblem';

test.each([
  ['ENOSPC', /^The disk that holds \/r is full; free some space/],
  ['EDQUOT', /is full/],
  ['EACCES', /^SFP Lab may not read or write \/r; change its permissions/],
  ['EROFS', /^\/r is on a disk that can only be read/],
  ['ENOENT', /^\/r is not there/],
  ['ENOTDIR', /^A file is in the way of the folder \/r/],
  ['ELOOP', /^\/r leads through links that lead back/],
  ['EISDIR', /^A folder is in the way of the file \/r/],
])('the file system’s %s is told in a sentence', (code, sentence) => {
  const problem = fileProblem(Object.assign(new Error('raw'), { code }), '/r');
  expect(problem).toBeInstanceOf(UserError);
  expect((problem as UserError).message).toMatch(sentence);
});

test('other errors are not dressed up', () => {
  const error = new TypeError('a mistake of ours');
  expect(fileProblem(error, '/r')).toBe(error);
});

test('a cache folder that cannot be used is told with the place and the way to another one', () => {
  const error = Object.assign(new Error('raw'), { code: 'EACCES', path: '/c/sets' });
  expect(cacheProblem(error, '/c')?.message).toBe(
    'The cache folder /c may not be read or written (at /c/sets): mend that or choose another folder with the environment ' +
      'variable SFP_LAB_CACHE.',
  );
});

test.each(['ENOENT', 'EMFILE', 'ECONNRESET', undefined])('%s is not the fault of the cache folder', (code) => {
  expect(cacheProblem(Object.assign(new Error('raw'), { code }), '/c')).toBeNull();
});
