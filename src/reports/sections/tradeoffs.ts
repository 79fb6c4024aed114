import { judgedFigures } from '../../runs/model/accuracyWords';
import { latencyWithAllThreads } from '../../runs/model/certificateFindings';
import { sentenceCase } from '../../runs/model/sentenceCase';
import { paretoFront } from '../../statistics/paretoFront';
import { meanInterval, statistic } from '../../statistics/sample';
import { legend } from '../figures/legend';
import { scatterChart, type ScatterPoint } from '../figures/scatterChart';
import { isAccuracy, type ReportedRun, type Setting, type Subject } from '../subject/subject';
import { markup, type Markup } from '../text/markup';
import { plural, shortened } from '../text/numbers';
import { figure, note, section } from './section';

/** What accuracy costs: FLOPs, and time where certificates have measured it. */
export function tradeoffsSection(subject: Subject): Markup {
  const machine = mostMeasuredMachine(subject);
  const flops = againstFlops(subject);
  const times = machine === null ? [] : [64, 1].map((batch) => againstTime(subject, machine, batch));
  const figures = [flops, ...times].filter((each) => each !== null);
  const shown = new Set(figures.flatMap(({ series }) => series));
  return section(
    'What accuracy costs',
    figures.length === 0
      ? note('No finished run tells both its accuracy and what it costs.')
      : [
          markup`<div class="figures">
${figures.map(({ drawing }) => drawing)}</div>
`,
          legend(subject.settings.filter(({ series }) => shown.has(series))),
          note(
            'Large markers are means over the finished runs of a setting, small ones its runs; vertical lines are 95 % intervals of the mean, cut off where they leave the figure. Ringed settings are on the Pareto front: no other one is at least as accurate at no more cost. The front is of means, and does not know how sure they are.',
          ),
        ],
  );
}

interface DrawnTradeoff {
  readonly drawing: Markup;
  readonly series: readonly number[];
}

function againstFlops(subject: Subject): DrawnTradeoff | null {
  return tradeoff(subject, {
    title: 'Accuracy against FLOPs left',
    xTitle: 'FLOPs left (% of the dense network)',
    mostCost: 100,
    costOf: ({ row }) => (row.reductionExact === null ? null : 100 * (1 - row.reductionExact)),
  });
}

function againstTime(subject: Subject, machine: string, batch: number): DrawnTradeoff | null {
  return tradeoff(subject, {
    title: `Accuracy against measured time, ${plural(batch, 'image')}`,
    xTitle: `Time of the compact network for ${plural(batch, 'image')} (ms)`,
    costOf: ({ history: { certificate } }) => {
      if (certificate?.latency?.machine !== machine) return null;
      return latencyWithAllThreads(certificate, batch)?.compact.median ?? null;
    },
    caption: `On ${shortened(machine, 120)}, with all threads.`,
  });
}

interface Tradeoff {
  readonly title: string;
  readonly xTitle: string;
  /** Null where it is not known. */
  readonly costOf: (run: ReportedRun) => number | null;
  /** Beyond which the axis does not go. */
  readonly mostCost?: number;
  readonly caption?: string;
}

function tradeoff(
  { settings, judgedBy }: Subject,
  { title, xTitle, costOf, mostCost = Infinity, caption = '' }: Tradeoff,
): DrawnTradeoff | null {
  const placed = settings.flatMap((setting) => {
    const point = pointOf(setting, judgedBy, costOf);
    return point ? [{ setting, point, gain: point.y, cost: point.x }] : [];
  });
  if (placed.length === 0) return null;
  const front = paretoFront(placed);
  const chart = scatterChart({
    label: `${title}, by setting`,
    xTitle,
    yTitle: `${sentenceCase(judgedFigures[judgedBy])} (%)`,
    points: placed.map(({ point }) => point),
    front: front.map(({ point }) => point),
    most: 100,
    mostCost,
  });
  const members =
    front.length > 8 ? plural(front.length, 'setting') : front.map(({ setting }) => setting.label).join('; ');
  const told = placed.length > 1 ? `On the Pareto front, the cheapest first: ${members}.` : '';
  return {
    drawing: figure(title, chart, [told, caption].filter(Boolean).join(' ')),
    series: placed.map(({ point }) => point.series),
  };
}

/** In percent of accuracy; null where no finished run knows both. */
function pointOf(
  { series, finished }: Setting,
  judgedBy: Subject['judgedBy'],
  costOf: Tradeoff['costOf'],
): ScatterPoint | null {
  const runs = finished.flatMap((run) => {
    const [cost, accuracy] = [costOf(run), run.row[judgedBy]];
    return isCost(cost) && isAccuracy(accuracy) ? [{ x: cost, y: 100 * accuracy }] : [];
  });
  const gain = statistic(runs.map(({ y }) => y));
  const cost = statistic(runs.map(({ x }) => x));
  return gain && cost && { series, x: cost.mean, y: gain.mean, interval: meanInterval(gain), runs };
}

/** A stranger's file may claim any number; what takes longer than a day is none of a network's times. */
function isCost(cost: number | null): cost is number {
  return cost !== null && cost >= 0 && cost < 1e8;
}

/** Times of different machines do not compare: the one with the most certificates, the first of several. */
function mostMeasuredMachine({ runs }: Subject): string | null {
  const counts = new Map<string, number>();
  for (const { history } of runs) {
    const machine = history.certificate?.latency?.machine;
    if (machine !== undefined) counts.set(machine, (counts.get(machine) ?? 0) + 1);
  }
  return [...counts].reduce<[string | null, number]>((most, each) => (each[1] > most[1] ? each : most), [null, 0])[0];
}
