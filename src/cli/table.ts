import stringWidth from 'string-width';
import { terminalText } from './terminal';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const gap = '  ';

/**
 * A table of aligned columns without lines, so that it can also be read by `awk`: a row is a line, whatever is in its
 * cells; one that is too short has empty ones.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], heading = plain): string {
  const lines = [columns.map(({ title }) => heading(onOneLine(title))), ...rows.map((row) => row.map(onOneLine))];
  const widths = lines.map((cells) => columns.map((_, index) => stringWidth(cells[index] ?? '')));
  const most = columns.map((_, index) => widths.reduce((width, line) => Math.max(width, line[index]!), 0));
  const aligned = (cells: readonly string[], line: number): string =>
    columns
      .map(({ align }, index) => {
        const space = ' '.repeat(most[index]! - widths[line]![index]!);
        const cell = cells[index] ?? '';
        return align === 'right' ? space + cell : cell + space;
      })
      .join(gap);
  return lines.map((cells, line) => aligned(cells, line).trimEnd()).join('\n');
}

function onOneLine(cell: string): string {
  return terminalText(cell).replaceAll('\n', '\\n');
}

function plain(text: string): string {
  return text;
}
