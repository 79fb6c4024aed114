import { markup, type Markup } from '../text/markup';
import { tickText } from '../text/numbers';
import { coordinate, placeOn, type Axis } from './axis';

export interface Frame {
  /** What a reader who does not see the figure is told. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  /** With units. */
  readonly xTitle: string;
  readonly yTitle: string;
}

/** From values to places in the figure. */
export interface Places {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const width = 480;
const height = 320;
const plot = { left: 58, right: width - 14, top: 14, bottom: height - 50 } as const;

/** A figure with grid, ticks and titles of both axes, and in it what is drawn at its places. */
export function frame({ label, x, y, xTitle, yTitle }: Frame, draw: (places: Places) => readonly Markup[]): Markup {
  const places = { x: placeOn(x, plot.left, plot.right), y: placeOn(y, plot.bottom, plot.top) };
  const middle = { x: (plot.left + plot.right) / 2, y: (plot.top + plot.bottom) / 2 };
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${y.ticks.map((tick) => yTick(tick, places.y(tick), y))}
${x.ticks.map((tick) => xTick(tick, places.x(tick), x))}
<path class="axis" d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}"/>
<text class="title" x="${middle.x}" y="${height - 10}" text-anchor="middle">${xTitle}</text>
<text class="title" transform="translate(14 ${middle.y})rotate(-90)" text-anchor="middle">${yTitle}</text>
${draw(places)}
</svg>`;
}

function yTick(tick: number, place: number, { decimals }: Axis): Markup {
  const y = coordinate(place);
  return markup`<path class="grid" d="M${plot.left} ${y}H${plot.right}"/><text x="${plot.left - 7}" y="${y}" dy="0.35em" text-anchor="end">${tickText(tick, decimals)}</text>`;
}

function xTick(tick: number, place: number, { decimals }: Axis): Markup {
  const x = coordinate(place);
  return markup`<path class="grid" d="M${x} ${plot.top}V${plot.bottom}"/><text x="${x}" y="${plot.bottom + 17}" text-anchor="middle">${tickText(tick, decimals)}</text>`;
}
