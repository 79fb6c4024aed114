import Table from 'cli-table3';
import { terminalText } from './terminal';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const empty = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
const chars = {
  ...empty,
  ...{ 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '' },
  ...{ 'right-mid': '', middle: '  ' },
};

/** A table of aligned columns without lines, so that it can also be read by `awk`: a row is a line, whatever is in its cells. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], heading = plain): string {
  const content = new Table({
    head: columns.map(({ title }) => heading(onOneLine(title))),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) content.push(row.map(onOneLine));
  return content
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function onOneLine(cell: string): string {
  return terminalText(cell).replaceAll('\n', '\\n');
}

function plain(text: string): string {
  return text;
}
