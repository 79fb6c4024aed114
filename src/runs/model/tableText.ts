/** What stands in a table; nothing is known where it is null. */
export type Cell = string | number | null;

/** Comma-separated values (RFC 4180). */
export function asCsv(table: readonly (readonly Cell[])[]): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return table.map((row) => row.map((cell) => quoted(String(cell ?? ''))).join(',')).join('\n') + '\n';
}

/** A table of GitHub-flavoured Markdown; the first row is the header. */
export function asMarkdown(table: readonly (readonly Cell[])[]): string {
  const escaped = (cell: Cell): string => String(cell ?? '').replaceAll('|', '\\|');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [header = [], ...rows] = table.map((row) => row.map(escaped));
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n') + '\n';
}
