import { markup, type Markup } from '../text/markup';
import { coordinate } from './axis';

/**
 * How a setting is drawn in every figure: a colour of the style sheet, a marker and dashes. Colours, markers and dashes are of
 * different numbers, so that 42 settings differ, and the first ones also for people who see no colours.
 */

/** Colours `c0`, `c1`, … of the style sheet. */
export const colourCount = 7;

export function colourClass(series: number): string {
  return `c${series % colourCount}`;
}

const dashes = [null, '7 3', '2 2.5', '9 3 2 3', '13 4'] as const;

export function dashOf(series: number): string | null {
  return dashes[series % dashes.length]!;
}

type Corner = readonly [x: number, y: number];

/** Corners of markers around 0, for a size of 1; a circle has none. */
const markers: readonly (readonly Corner[])[] = [
  [],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.2],
    [1.15, 0.9],
    [-1.15, 0.9],
  ],
  [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  [
    [0, 1.2],
    [1.15, -0.9],
    [-1.15, -0.9],
  ],
  plus(0.38, 1.25),
];

function plus(half: number, reach: number): Corner[] {
  return [
    [-half, -reach],
    [half, -reach],
    [half, -half],
    [reach, -half],
    [reach, half],
    [half, half],
    [half, reach],
    [-half, reach],
    [-half, half],
    [-reach, half],
    [-reach, -half],
    [-half, -half],
  ];
}

/** A marker of a series with its middle at a place, `size` from there to its border. */
export function marker(series: number, x: number, y: number, size = 4): Markup {
  const corners = markers[series % markers.length]!;
  if (corners.length === 0)
    return markup`<circle class="marker" cx="${coordinate(x)}" cy="${coordinate(y)}" r="${size}"/>`;
  const path = corners.map(([dx, dy]) => `${coordinate(x + size * dx)} ${coordinate(y + size * dy)}`).join('L');
  return markup`<path class="marker" d="M${path}Z"/>`;
}

/** A short piece of a series' line with its marker, for legends and tables. */
export function swatch(series: number): Markup {
  return markup`<svg class="swatch ${colourClass(series)}" viewBox="0 0 34 12" width="34" height="12" aria-hidden="true"><path class="line" d="M1 6H33"${dashAttribute(series)}/>${marker(series, 17, 6)}</svg>`;
}

export function dashAttribute(series: number): Markup | null {
  const dash = dashOf(series);
  return dash === null ? null : markup` stroke-dasharray="${dash}"`;
}
