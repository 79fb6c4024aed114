import type { Interval } from '../../statistics/sample';
import { markup, type Markup } from '../text/markup';
import { axisOver, coordinate } from './axis';
import { frame, type Frame, type Places } from './frame';
import { colourClass, marker } from './series';

/** A setting in a plane of costs and gains. */
export interface ScatterPoint {
  readonly series: number;
  readonly x: number;
  readonly y: number;
  /** In which the true mean lies; null where a single run tells nothing of it. */
  readonly interval: Interval | null;
  /** The single runs. */
  readonly runs: readonly { readonly x: number; readonly y: number }[];
}

export type ScatterChart = Omit<Frame, 'x' | 'y'> & {
  readonly points: readonly ScatterPoint[];
  /** Some of the points, the cheapest first: joined by a stepped line and ringed. */
  readonly front: readonly ScatterPoint[];
  /** Beyond which the axis of y does not go. */
  readonly most: number;
  /** The same of x, where no point is. */
  readonly mostCost: number;
};

/** Points with what is known of their spread; an interval that leaves the plane is cut off at its border. */
export function scatterChart({ points, front, most, mostCost, ...titles }: ScatterChart): Markup {
  const values = points.flatMap(({ y, runs }) => [y, ...runs.map((run) => run.y)]);
  const reach = Math.max(...values) - Math.min(...values) || 1;
  // One setting of two seeds can have an interval a hundred times as wide as all that is there to be seen.
  const seen = points
    .flatMap(({ interval }) => (interval ? [interval.low, interval.high] : []))
    .filter((end) => end >= Math.min(...values) - reach && end <= Math.max(...values) + reach);
  const y = axisOver([...values, ...seen], { least: 0, most });
  const costs = points.flatMap((point) => [point.x, ...point.runs.map((run) => run.x)]);
  const x = axisOver(costs, { least: 0, most: Math.max(mostCost, ...costs) });
  const cut = (value: number): number => Math.min(y.high, Math.max(y.low, value));
  return frame({ ...titles, x, y }, (places) => [
    steps(front, places),
    ...points.map((point) => seeds(point, places)),
    ...points.map((point) => mean(point, front.includes(point), places, cut)),
  ]);
}

/** What is to be had at most for a cost: level until the next one is reached. */
function steps(front: readonly ScatterPoint[], { x, y }: Places): Markup {
  const [first, ...others] = front.map((point) => [coordinate(x(point.x)), coordinate(y(point.y))] as const);
  if (first === undefined || others.length === 0) return markup``;
  return markup`<path class="front" d="M${first[0]} ${first[1]}${others.map(([along, up]) => `H${along}V${up}`)}"/>`;
}

function seeds({ series, runs }: ScatterPoint, { x, y }: Places): Markup {
  if (runs.length < 2) return markup``;
  return markup`<g class="seed ${colourClass(series)}">${runs.map((run) => marker(series, x(run.x), y(run.y), 2.6))}</g>`;
}

function mean(point: ScatterPoint, isOnFront: boolean, { x, y }: Places, cut: (value: number) => number): Markup {
  const { series, interval } = point;
  const at = coordinate(x(point.x));
  return markup`<g class="${colourClass(series)}">${interval && markup`<path class="interval" d="M${at} ${coordinate(y(cut(interval.low)))}V${coordinate(y(cut(interval.high)))}"/>`}${
    isOnFront && markup`<circle class="ring" cx="${at}" cy="${coordinate(y(point.y))}" r="9"/>`
  }${marker(series, x(point.x), y(point.y), 5)}</g>
`;
}
