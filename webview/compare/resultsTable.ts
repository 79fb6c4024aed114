import { html, nothing, type TemplateResult } from 'lit-html';
import type { Statistic } from '../../src/statistics/sample';
import { badge } from '../components/chartFigure';
import { icon, table, type Column, type Content } from '../components/controls';
import { percent } from '../components/numbers';
import { scrolledAcross } from '../components/scrolledAcross';
import { statusSign } from '../components/runNotes';
import { figureColumns, type ComparedRow, type FigureColumn } from './comparedRows';

export interface Sorting {
  /** A setting's path or a figure's key; empty keeps the order of the runs. */
  readonly sortBy: string;
  readonly descending: boolean;
}

/** The column that stays leaves room for the others, also in a narrow page. */
const firstColumn = 'fit-content(min(18em, 40vw))';

const equalityTitle = 'Compact = masked';
const equalityHint =
  'Whether the logits of the compact network are those of the masked one on the test images, but for rounding.';

/** Whether the compact networks of a row are the masked ones, in a word or two. */
export function equalityText({ certified, equal }: ComparedRow): string {
  if (certified === 0) return '–';
  if (certified === 1) return equal === 1 ? 'equal' : 'NOT equal';
  return equal === certified ? `all ${certified} equal` : `${certified - equal} of ${certified} NOT equal`;
}

/** A row a run: first what differs, then the results. */
export function resultsTable(
  rows: readonly ComparedRow[],
  sorting: Sorting,
  onSort: (sorting: Sorting) => void,
): TemplateResult {
  const paths = [...(rows[0]?.settings.keys() ?? [])];
  const known = figureColumns.filter(({ key }) => rows.some(({ figures }) => figures[key] !== null));
  const isCompacted = rows.some(({ certified }) => certified > 0);
  const sortable = (key: string, descendingFirst: boolean): Pick<Column, 'sorted' | 'onSort'> => ({
    sorted: sorting.sortBy === key ? (sorting.descending ? 'descending' : 'ascending') : undefined,
    onSort: () => {
      onSort(nextSorting(sorting, key, descendingFirst));
    },
  });
  const cellsOf = (row: ComparedRow): Content[] => [
    html`${badge(row.label.letter, row.label.colour)} ${row.label.label}`,
    row.runs.length === 1 ? statusSign(row.runs[0]!) : `${row.runs.length} runs`,
    ...paths.map((path) => row.settings.get(path)!),
    ...known.map((column) => figureCell(column, row, rows)),
    ...(isCompacted ? [equalityCell(row)] : []),
  ];
  return table({
    label: 'What differs, and results',
    columns: [
      { title: 'Run', width: firstColumn },
      { title: 'Status', width: 'max-content' },
      ...paths.map((path) => ({ title: path, width: 'max-content', ...sortable(path, false) })),
      ...known.map(({ key, title, hint }) => ({
        title,
        hint,
        numeric: true,
        // Not an equal share: in a narrow page that makes all as wide as the widest.
        width: 'auto',
        ...sortable(key, true),
      })),
      ...(isCompacted ? [{ title: equalityTitle, hint: equalityHint, width: 'max-content' }] : []),
    ],
    rows: sorted(rows, sorting).map((row) => ({ key: row.key, cells: cellsOf(row) })),
  });
}

function equalityCell(row: ComparedRow): TemplateResult | string {
  const text = equalityText(row);
  return row.equal < row.certified ? html`<strong class="unequal">${icon('error')} ${text}</strong>` : text;
}

function figureCell(column: FigureColumn, row: ComparedRow, rows: readonly ComparedRow[]): Content {
  const value = row.figures[column.key];
  if (!value) return '–';
  const text = statisticText(column, value);
  if (!column.more || !isBest(column, value, rows)) return text;
  return html`<strong class="best" data-tip="The highest of this column">${text}</strong>`;
}

/** Whether nothing shown is higher, and something is lower. */
function isBest({ key }: FigureColumn, { mean }: Statistic, rows: readonly ComparedRow[]): boolean {
  const means = rows.flatMap(({ figures }) => figures[key]?.mean ?? []);
  return mean === Math.max(...means) && means.some((other) => other < mean);
}

export function statisticText({ unit }: FigureColumn, { mean, deviation }: Statistic): string {
  if (unit === 'plain') return deviation === null ? mean.toFixed(0) : `${mean.toFixed(0)} ± ${deviation.toFixed(0)}`;
  if (deviation === null) return percent(mean);
  return `${(100 * mean).toFixed(1)} ± ${percent(deviation)}`;
}

function nextSorting(now: Sorting, key: string, descendingFirst: boolean): Sorting {
  if (now.sortBy !== key) return { sortBy: key, descending: descendingFirst };
  if (now.descending === descendingFirst) return { sortBy: key, descending: !descendingFirst };
  return { sortBy: '', descending: false };
}

export function sorted(rows: readonly ComparedRow[], { sortBy, descending }: Sorting): readonly ComparedRow[] {
  if (sortBy === '') return rows;
  const direction = descending ? -1 : 1;
  const figure = figureColumns.find(({ key }) => key === sortBy);
  return rows.toSorted((one, other) => {
    if (!figure) {
      const texts = [one, other].map(({ settings }) => settings.get(sortBy) ?? '') as [string, string];
      return direction * texts[0].localeCompare(texts[1], 'en', { numeric: true });
    }
    const [a, b] = [one.figures[figure.key], other.figures[figure.key]];
    // What is not known comes last, whatever the direction.
    if (!a || !b) return Number(!a) - Number(!b);
    return direction * (a.mean - b.mean);
  });
}

/** The same as plain cells: text for a document, or bare numbers with a column for each deviation. */
export function plainTable(rows: readonly ComparedRow[], numbers: boolean): (string | number | null)[][] {
  const paths = [...(rows[0]?.settings.keys() ?? [])];
  const known = figureColumns.filter(({ key }) => rows.some(({ figures }) => figures[key] !== null));
  const isCompacted = rows.some(({ certified }) => certified > 0);
  const spread = (key: FigureColumn['key']): boolean =>
    numbers && rows.some(({ figures }) => (figures[key]?.deviation ?? null) !== null);
  return [
    [
      'Run',
      ...paths,
      ...known.flatMap(({ key, title }) => [title, ...(spread(key) ? [`${title}, deviation`] : [])]),
      ...(isCompacted ? [equalityTitle] : []),
    ],
    ...rows.map((row) => [
      row.runs.length === 1 ? row.runs[0]!.manifest.name : row.label.label,
      ...paths.map((path) => row.settings.get(path)!),
      ...known.flatMap((column): (string | number | null)[] => {
        const value = row.figures[column.key];
        if (!numbers) return [value ? statisticText(column, value) : '–'];
        return [value?.mean ?? null, ...(spread(column.key) ? [value?.deviation ?? null] : [])];
      }),
      ...(isCompacted ? [equalityText(row)] : []),
    ]),
  ];
}

/** Every setting of every run, those that differ first and marked. */
export function settingsTable(
  paths: readonly string[],
  differing: ReadonlySet<string>,
  rows: readonly { readonly letter: string; readonly name: string; readonly settings: ReadonlyMap<string, string> }[],
): TemplateResult {
  const ordered = [...paths.filter((path) => differing.has(path)), ...paths.filter((path) => !differing.has(path))];
  const content = table({
    label: 'All settings',
    columns: [
      { title: 'Setting', width: firstColumn },
      ...rows.map(({ letter, name }) => ({ title: `${letter} ${name}`, width: 'fit-content(24em)' })),
    ],
    rows: ordered.map((path) => ({
      key: path,
      cells: [
        html`${path}${differing.has(path) ? html` <small>differs</small>` : nothing}`,
        ...rows.map(({ settings }) => settings.get(path) ?? '–'),
      ],
    })),
  });
  return html`<div class="all-settings">${scrolledAcross('All settings, scrolled sideways', content)}</div>`;
}
