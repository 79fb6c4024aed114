import { legend } from '../figures/legend';
import { lineChart, type Line, type LinePoint } from '../figures/lineChart';
import { isAccuracy, type ReportedRun, type Setting, type Subject } from '../subject/subject';
import type { Markup } from '../text/markup';
import { figure, note, section } from './section';

/** With more lines none could be followed. */
const mostRuns = 8;
const mostSettings = 24;

/** Accuracy on the validation part, epoch by epoch: a line a run where there are few, else the mean over each setting's runs. */
export function curvesSection({ settings, runs }: Subject): Markup {
  const title = 'Accuracy over epochs';
  const shown = settings.slice(0, mostSettings);
  const areMeans = runs.length > mostRuns;
  const lines = areMeans ? shown.flatMap(meanLine) : shown.flatMap(runLines);
  if (lines.length === 0)
    return section(title, note('No run was evaluated on a validation part after an epoch, so there is no curve.'));
  const chart = lineChart({
    label: 'Validation accuracy after each epoch, and its pruning if there was one, in percent, by setting',
    xTitle: 'Epochs trained',
    yTitle: 'Validation accuracy (%)',
    lines,
    most: 100,
  });
  const drawn = new Set(lines.map(({ series }) => series));
  const what = areMeans
    ? 'Mean over the runs of each setting; the band is from its worst to its best run. '
    : 'A line is a run. ';
  const left = settings.length - shown.length;
  return section(title, [
    figure(
      'On the validation part',
      [chart, legend(shown.filter(({ series }) => drawn.has(series)))],
      `${what}Measured after each epoch’s pruning, or after the epoch where it has none.${left > 0 ? ` ${left} more settings are not drawn.` : ''}`,
    ),
  ]);
}

/** In percent, by epochs trained. */
function curveOf({ history }: ReportedRun): LinePoint[] {
  return history.epochs.flatMap(({ epoch, before, after }): LinePoint[] => {
    const accuracy = (after ?? before)?.accuracy;
    return isAccuracy(accuracy) && epoch >= 0 && epoch < 1e6 ? [{ x: epoch + 1, y: 100 * accuracy }] : [];
  });
}

function runLines({ series, runs }: Setting): Line[] {
  return runs.map((run) => ({ series, points: curveOf(run) })).filter(({ points }) => points.length > 0);
}

/** Over those runs that have come to an epoch. */
function meanLine({ series, runs }: Setting): Line[] {
  const byEpoch = new Map<number, number[]>();
  for (const run of runs)
    for (const { x, y } of curveOf(run)) {
      const values = byEpoch.get(x);
      if (values) values.push(y);
      else byEpoch.set(x, [y]);
    }
  const points = [...byEpoch].map(([x, values]): LinePoint => {
    const y = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.length === 1 ? { x, y } : { x, y, low: Math.min(...values), high: Math.max(...values) };
  });
  return points.length === 0 ? [] : [{ series, points: points.sort((a, b) => a.x - b.x) }];
}
