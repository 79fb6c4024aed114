import { markup, type Markup } from '../text/markup';
import { shortened, whole } from '../text/numbers';
import { coordinate } from './axis';

/** A layer and which of its filters are kept: 1 for each kept one. */
export interface StripLayer {
  readonly name: string;
  readonly mask: Uint8Array;
}

const width = 480;
const strip = { left: 148, width: 250, height: 9 } as const;
const rowHeight = 14;
/** Wider layers have several filters in a cell, which is the paler the more of them are pruned. */
const mostCells = 125;
const shades = 4;

/** A row a layer, a cell a filter: filled where it is kept. */
export function maskStrips(layers: readonly StripLayer[], label: string): Markup {
  const height = layers.length * rowHeight + 2;
  return markup`<svg class="strips" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${layers.map((layer, index) => row(layer, index * rowHeight + 2))}</svg>`;
}

function row({ name, mask }: StripLayer, top: number): Markup {
  const kept = mask.reduce((sum, each) => sum + each, 0);
  const text = coordinate(top + strip.height / 2);
  return markup`<text x="${strip.left - 8}" y="${text}" dy="0.35em" text-anchor="end">${shortened(name, 24)}</text><rect class="gone" x="${strip.left}" y="${top}" width="${strip.width}" height="${strip.height}"/>${cells(mask, top)}<text x="${strip.left + strip.width + 8}" y="${text}" dy="0.35em">${whole(kept)} of ${whole(mask.length)}</text>
`;
}

/** One path a shade; neighbours of one shade are one rectangle. */
function cells(mask: Uint8Array, top: number): Markup[] {
  const levels = shadesOf(mask);
  const cell = strip.width / levels.length;
  return Array.from({ length: shades }, (_, index) => shades - index).flatMap((level) => {
    const path = stretches(levels, level).map(([from, to]) => {
      const left = strip.left + from * cell;
      return `M${coordinate(left)} ${top}h${coordinate((to - from) * cell)}v${strip.height}h-${coordinate((to - from) * cell)}z`;
    });
    return path.length === 0 ? [] : [markup`<path class="kept k${level}" d="${path}"/>`];
  });
}

/** Of every cell how many of its filters are kept, from 0 for none to `shades` for all. */
function shadesOf(mask: Uint8Array): number[] {
  const count = Math.min(mask.length, mostCells);
  return Array.from({ length: count }, (_, cell) => {
    const filters = mask.subarray(
      Math.floor((cell * mask.length) / count),
      Math.floor(((cell + 1) * mask.length) / count),
    );
    return Math.round((shades * filters.reduce((sum, kept) => sum + kept, 0)) / filters.length);
  });
}

function stretches(levels: readonly number[], wanted: number): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const [index, level] of levels.entries()) {
    if (level !== wanted) continue;
    const last = found.at(-1);
    if (last?.[1] === index) last[1] = index + 1;
    else found.push([index, index + 1]);
  }
  return found;
}
