import { markup, type Markup } from '../text/markup';
import { axisOver, coordinate } from './axis';
import { evenly } from './evenly';
import { frame, type Frame, type Places } from './frame';
import { colourClass, dashAttribute, marker } from './series';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Between which the runs of a mean lie; left out for a single run. */
  readonly low?: number;
  readonly high?: number;
}

export interface Line {
  readonly series: number;
  readonly points: readonly LinePoint[];
}

export type LineChart = Omit<Frame, 'x' | 'y'> & {
  readonly lines: readonly Line[];
  /** Beyond which the axis of y does not go. */
  readonly most: number;
};

/** More could not be told apart on a page. */
const mostPoints = 160;
const markersOfLine = 6;

/** Lines over whole numbers, such as epochs; those of a mean with a band of what is averaged. */
export function lineChart({ lines, most, ...titles }: LineChart): Markup {
  const drawn = lines.map((line) => ({ ...line, points: evenly(line.points, mostPoints) }));
  const points = drawn.flatMap((line) => line.points);
  const x = axisOver(
    points.map((point) => point.x),
    { ticks: 6, isWhole: true },
  );
  const y = axisOver(
    points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y]),
    { least: 0, most },
  );
  return frame({ ...titles, x, y }, (places) => [
    ...drawn.map((line) => band(line, places)),
    ...drawn.map((line) => lineOf(line, places)),
  ]);
}

function band({ series, points }: Line, { x, y }: Places): Markup {
  const known = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (known.length < 2) return markup``;
  const upper = known.map((point) => `${coordinate(x(point.x))} ${coordinate(y(point.high!))}`);
  const lower = known.map((point) => `${coordinate(x(point.x))} ${coordinate(y(point.low!))}`).reverse();
  return markup`<path class="band ${colourClass(series)}" d="M${[...upper, ...lower].join('L')}Z"/>`;
}

/** Markers of different series stand at different places, where lines run beside each other. */
function lineOf({ series, points }: Line, { x, y }: Places): Markup {
  const path = points.map((point) => `${coordinate(x(point.x))} ${coordinate(y(point.y))}`).join('L');
  const every = Math.max(1, Math.floor(points.length / markersOfLine));
  const marked = points.filter((_, index) => index % every === series % every);
  return markup`<g class="${colourClass(series)}"><path class="line" d="M${path}"${dashAttribute(series)}/>${marked.map((point) => marker(series, x(point.x), y(point.y), 3.2))}</g>
`;
}
