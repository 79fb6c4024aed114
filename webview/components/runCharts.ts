import { statistic } from '../../src/statistics/sample';
import type { RunEventOf } from '../../src/runs/model/format';
import type { RunHistory } from '../../src/runs/model/history';
import type { ChartContent, Measure } from './chartContent';
import { masksCourse } from './masksCourse';
import { percent, points, significant, whole } from './numbers';
import type { RunLabel } from './runLabels';
import { spread } from './spread';

/** A run with its name in the charts. */
interface CurvedRun {
  readonly run: RunHistory;
  readonly label: RunLabel;
}

type Epoch = RunEventOf<'epoch'>;
type ValueOf = (epoch: Epoch) => number | null;

const accuracyHint =
  'Share of the validation images that are classified rightly.\n' +
  'Before: as trained. After: the lowest filters of every layer are set to zero.\n' +
  'The area between is the pruning gap: wide while the learning rate is large, because filters keep coming back, ' +
  'and closing during the last epochs at a small rate.';
const lossHint = 'Mean cross-entropy on the training images and, before pruning, on the validation images.';

/**
 * Accuracy before and after pruning by epoch, with the gap between filled, or after pruning alone; on the training images
 * when there is no validation part.
 */
export function accuracyChart(shown: readonly CurvedRun[], curves: 'gap' | 'after' = 'gap'): ChartContent {
  const validated = shown.some(({ run }) => run.manifest.config.data.validation !== 0);
  const measures: (Measure & { valueOf: ValueOf })[] = validated
    ? [
        {
          name: 'before pruning',
          ...(curves === 'gap' ? { line: 'dashed', fillTo: 1 } : { line: 'none' }),
          format: percent,
          valueOf: ({ before }) => before?.accuracy ?? null,
        },
        { name: 'after pruning', line: 'solid', format: percent, valueOf: ({ after }) => after?.accuracy ?? null },
        { name: 'gap', line: 'none', format: points, valueOf: gapOf },
        {
          name: 'training',
          line: 'none',
          tableOnly: true,
          format: percent,
          valueOf: ({ training }) => training.accuracy,
        },
      ]
    : [{ name: 'training', line: 'solid', format: percent, valueOf: ({ training }) => training.accuracy }];
  return chart(shown, measures, {
    title: validated ? 'Validation accuracy' : 'Training accuracy',
    hint: validated ? accuracyHint : 'No validation images are held out; this is the share on the training images.',
    unit: 'fraction',
  });
}

export function lossChart(shown: readonly CurvedRun[]): ChartContent {
  const measures: (Measure & { valueOf: ValueOf })[] = [
    { name: 'training', line: 'solid', format: significant, valueOf: ({ training }) => training.loss },
    { name: 'validation', line: 'dashed', format: significant, valueOf: ({ before }) => before?.loss ?? null },
    { name: 'after pruning', line: 'none', format: significant, valueOf: ({ after }) => after?.loss ?? null },
  ];
  return chart(shown, measures, { title: 'Loss', hint: lossHint, unit: 'plain' });
}

const maskHint =
  'How far the masks of a pruning agree with those of the pruning before it: filters pruned both times over filters pruned ' +
  'either time (Jaccard), over all layers.\n' +
  'Soft pruning lets filters come back while the learning rate is large; when the line stays at 100 %, the masks are settled.';

/** Agreement of successive masks by epoch, and how many filters changed. */
export function maskChart(shown: readonly CurvedRun[]): ChartContent {
  const frame = chart(shown, [], {
    title: 'Agreement of successive masks',
    hint: maskHint,
    unit: 'fraction',
  });
  return {
    ...frame,
    measures: [
      { name: 'agreement', line: 'solid', format: (value) => percent(value, 0) },
      { name: 'changed', line: 'none', format: whole },
      { name: 'came back', line: 'none', format: whole },
    ],
    runs: frame.runs.map((drawn, index) => {
      const steps = masksCourse(shown[index]!.run.prunings).steps;
      const stepAfter = new Map(steps.map(({ epoch, network }) => [epoch + 1, network]));
      const at = frame.x.map((x) => stepAfter.get(x) ?? null);
      return {
        ...drawn,
        values: [
          at.map((step) => step?.jaccard ?? null),
          at.map((step) => step?.flips ?? null),
          at.map((step) => step?.returned ?? null),
        ],
      };
    }),
    empty: 'The line begins with the second pruning.',
  };
}

/** More points than pixels nobody sees, and a chart of them freezes the page. */
const pointsAtMost = 4000;

function chart(
  shown: readonly CurvedRun[],
  measures: readonly (Measure & { valueOf: ValueOf })[],
  named: Pick<ChartContent, 'title' | 'hint' | 'unit'>,
): ChartContent {
  // Those that were told, not all up to the last: a damaged event may claim any epoch.
  const told = new Set(shown.flatMap(({ run }) => [...byEpochsTrained(run.epochs).keys()]));
  const all = [...told].sort((one, other) => one - other);
  const x = spread(all.length, pointsAtMost).map((index) => all[index]!);
  return {
    ...named,
    x,
    leftOut: all.length - x.length,
    xMax: Math.max(...shown.map(({ run }) => run.manifest.config.training.epochs)),
    measures,
    runs: shown.map(({ run, label }) => {
      const byPosition = byEpochsTrained(run.epochs);
      const valuesOf = ({ valueOf }: { valueOf: ValueOf }): (number | null)[] =>
        x.map((epochs) => {
          const epoch = byPosition.get(epochs);
          return epoch ? valueOf(epoch) : null;
        });
      // A run alone needs no name in the legend.
      const name = shown.length > 1 ? label.label : '';
      return { ...label, label: name, values: measures.map(valuesOf) };
    }),
    marks: learningRateMarks(shown),
    selected: null,
    empty: 'The curve begins when the first epoch is done.',
  };
}

const known = new WeakMap<readonly Epoch[], ReadonlyMap<number, Epoch>>();

/** Epochs by how many were trained at their ends; found once for all charts. */
function byEpochsTrained(epochs: readonly Epoch[]): ReadonlyMap<number, Epoch> {
  const found = known.get(epochs) ?? new Map(epochs.map((epoch) => [epoch.epoch + 1, epoch]));
  known.set(epochs, found);
  return found;
}

/** Mean accuracy after pruning of groups of runs, with a band of one standard deviation to either side. */
export function meanAccuracyChart(
  groups: readonly { readonly label: RunLabel; readonly runs: readonly RunHistory[] }[],
): ChartContent {
  const all = groups.flatMap(({ label, runs }) => runs.map((run) => ({ run, label })));
  const frame = accuracyChart(all, 'after');
  return {
    ...frame,
    title: 'Validation accuracy after pruning',
    hint: `${accuracyHint}\nMean over the seeds; the band is one standard deviation to either side.`,
    measures: [
      { name: 'mean', line: 'solid', format: percent },
      { name: 'deviation', line: 'none', format: points },
      { name: 'above', line: 'none', format: percent, quiet: true, fillTo: 3 },
      { name: 'below', line: 'none', format: percent, quiet: true },
    ],
    runs: groups.map(({ label, runs }) => {
      const accuracies = runs.map(
        ({ epochs }) => new Map(epochs.map(({ epoch, after }) => [epoch + 1, after?.accuracy ?? null])),
      );
      const at = frame.x.map((x) => statistic(accuracies.map((accuracyAfter) => accuracyAfter.get(x) ?? null)));
      const edge = (sign: 1 | -1) => at.map((value) => (value ? value.mean + sign * (value.deviation ?? 0) : null));
      return {
        ...label,
        values: [
          at.map((value) => value?.mean ?? null),
          at.map((value) => value?.deviation ?? null),
          edge(1),
          edge(-1),
        ],
      };
    }),
  };
}

function gapOf({ before, after }: Epoch): number | null {
  return before && after ? before.accuracy - after.accuracy : null;
}

/** Where the learning rate changes, when all shown runs follow one schedule. */
function learningRateMarks(shown: readonly CurvedRun[]): ChartContent['marks'] {
  const schedules = shown.map(({ run }) => run.manifest.config.training.learningRateSchedule);
  const [schedule = []] = schedules;
  if (schedules.some((other) => JSON.stringify(other) !== JSON.stringify(schedule))) return [];
  return schedule.map(({ epoch, learningRate }) => ({ x: epoch, label: `lr ${learningRate}` }));
}
