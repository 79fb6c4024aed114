import type { Figures } from '../../runs/model/comparison';
import { settingText } from '../../runs/model/settingsInWords';
import { meanInterval, type Statistic } from '../../statistics/sample';
import { swatch } from '../figures/series';
import type { ReportedRun, Setting, Subject } from '../subject/subject';
import { markup, type Markup, type Piece } from '../text/markup';
import { percentage, shortened, unknown, whole } from '../text/numbers';
import { folded, note, section, table } from './section';

interface Column {
  readonly figure: Exclude<keyof Figures, 'overlap'>;
  readonly title: string;
  /** Without a unit. */
  readonly text: (value: number) => string;
  readonly unit: string;
}

const percentColumn = (figure: Column['figure'], title: string, digits: number): Column => ({
  figure,
  title,
  text: (value) => percentage(value, digits),
  unit: '\u202f%',
});

const columns: readonly Column[] = [
  percentColumn('before', 'Validation before pruning', 2),
  percentColumn('after', 'Validation after pruning', 2),
  percentColumn('test', 'Test accuracy', 2),
  percentColumn('reductionPaper', 'FLOPs saved, as papers count', 1),
  percentColumn('reductionExact', 'FLOPs saved, exactly', 1),
  percentColumn('compactAccuracy', 'Test accuracy, compact', 2),
  percentColumn('timeSaved64', 'Time saved, 64 images', 1),
  percentColumn('timeSaved1', 'Time saved, 1 image', 1),
  { figure: 'imagesPerSecond', title: 'Images/s, training', text: whole, unit: '' },
];

/** Settings with what came of them, and every run by itself. */
export function resultsSection(subject: Subject): Markup {
  const known = columns.filter(({ figure }) => subject.runs.some(({ row }) => row[figure] !== null));
  // How fast a machine was that day is no result.
  const told = known.filter(({ figure }) => figure !== 'imagesPerSecond');
  const hasMeans = subject.settings.some(({ finished }) => finished.length > 1);
  return section('Settings and results', [
    table({
      label: 'Settings and results',
      header: ['Setting', 'Finished runs', ...told.map(({ title }) => title)],
      rows: subject.settings.map((setting) => settingRow(setting, told)),
      texts: 1,
    }),
    note(
      `${hasMeans ? 'Mean ± standard deviation over the finished runs; below it the 95 % interval of the mean (Student’s t). ' : ''}Validation accuracies are those around the newest pruning. FLOPs are multiply-adds: “as papers count” with the kept fraction not rounded, “exactly” of the network that can be built.`,
    ),
    subject.runs.length > subject.settings.length &&
      folded(`Every run (${subject.runs.length})`, everyRun(subject, known)),
  ]);
}

function settingRow({ series, label, runs, finished, statistics }: Setting, known: readonly Column[]): Piece[] {
  const count =
    finished.length === runs.length ? whole(runs.length) : `${whole(finished.length)} of ${whole(runs.length)}`;
  return [
    markup`<span class="setting">${swatch(series)}<span>${label}</span></span>`,
    count,
    ...known.map((column) => meanCell(statistics[column.figure], column)),
  ];
}

function meanCell(statistic: Statistic | null, { text, unit }: Column): Piece {
  if (statistic === null) return unknown;
  const { mean, deviation } = statistic;
  // What follows from the settings is the same in all runs, and spreads by nothing.
  if (deviation === null || text(deviation) === text(0)) return `${text(mean)}${unit}`;
  const interval = meanInterval(statistic)!;
  return markup`${text(mean)} ± ${text(deviation)}${unit}<small>${text(interval.low)} to ${text(interval.high)}</small>`;
}

function everyRun({ settings, differences }: Subject, known: readonly Column[]): Markup {
  const places = new Map(settings.flatMap(({ runs }) => runs).map((run, index): [ReportedRun, number] => [run, index]));
  return table({
    label: 'Every run',
    header: ['Run', 'Status', ...differences.map(({ path }) => path), ...known.map(({ title }) => title)],
    rows: settings.flatMap(({ runs }) =>
      runs.map((run) => [
        shortened(run.row.name, 90),
        run.row.status,
        ...differences.map(({ values }) => shortened(settingText(values[places.get(run)!]), 60)),
        ...known.map(({ figure, text, unit }) => {
          const value = run.row[figure];
          return value === null ? unknown : `${text(value)}${unit}`;
        }),
      ]),
    ),
    texts: 2 + differences.length,
  });
}
