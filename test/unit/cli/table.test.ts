import { expect, test } from 'vitest';
import { table } from '../../../src/cli/table';

test('cells are aligned by the columns that they take on a terminal, whatever their letters and colours', () => {
  const columns = [{ title: 'run' }, { title: 'test', align: 'right' as const }, { title: '' }];
  const rows = [
    ['\u001b[31mred\u001b[39m', '9 %', 'x'],
    ['古い', '10 %'],
    ['plain', '–'],
  ];
  expect(table(columns, rows).split('\n')).toEqual([
    'run    test',
    '\u001b[31mred\u001b[39m     9 %  x',
    '古い   10 %',
    'plain     –',
  ]);
});

test('headings may have a colour', () => {
  expect(table([{ title: 'a' }, { title: 'b' }], [['long', 'b']], (title) => `<${title}>`)).toBe('<a>   <b>\nlong  b');
});
