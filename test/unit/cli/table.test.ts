import { expect, test } from 'vitest';
import { table } from '../../../src/cli/table';

test('a row is a line, whatever its cells hold', () => {
  const rows = [
    ['net\n20260101T000000Z-forged  finished', 'failed'],
    ['\u001b[2J\r', 'lost'],
  ];
  expect(table([{ title: 'run\n' }, { title: 'status' }], rows).split('\n')).toEqual([
    String.raw`run\n                                   status`,
    String.raw`net\n20260101T000000Z-forged  finished  failed`,
    String.raw`\u001b[2J\r                             lost`,
  ]);
});
