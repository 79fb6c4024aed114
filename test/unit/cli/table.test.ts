import { expect, onTestFinished, test, vi } from 'vitest';
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

test('cells are aligned by the columns that they take on a terminal, whatever their letters and colours', () => {
  onTerminal();
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

/** A test's output is no terminal, on which alone there are colours. */
function onTerminal(): void {
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('TERM', 'xterm');
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    if (before) Object.defineProperty(process.stdout, 'isTTY', before);
    else Reflect.deleteProperty(process.stdout, 'isTTY');
  });
}
