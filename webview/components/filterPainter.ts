import { largest, shareOf } from './filterLife';
import { cellOf, type Cell, type FilterLayout } from './filterLayout';
import type { Theme } from './theme';

export interface LayerFilters {
  readonly scores: Float32Array;
  /** 1 = kept. */
  readonly mask: Uint8Array;
  /** Filters that came back at this pruning. */
  readonly returned: readonly number[];
}

/**
 * Paints a layer, a cell a filter: shaded by its share of the layer's largest score, pruned ones crossed out, returned ones
 * with a dot. Units are CSS pixels; `active` gets a frame.
 */
export function paintFilters(
  context: CanvasRenderingContext2D,
  filters: LayerFilters,
  layout: FilterLayout,
  theme: Theme,
  active: number | null,
): void {
  const most = largest(filters.scores);
  const returned = new Set(filters.returned);
  for (const [filter, score] of filters.scores.entries()) {
    const step = rampStep(shareOf(score, most), theme);
    const cell = cellOf(layout, filter);
    context.fillStyle = theme.ramp[step]!;
    context.fillRect(cell.x, cell.y, cell.width, cell.height);
    const ink = theme.rampInk[step]!;
    if (filters.mask[filter] === 0) cross(context, cell, ink);
    else if (returned.has(filter)) dot(context, cell, ink);
  }
  if (active !== null) frame(context, cellOf(layout, active), theme);
}

/** Index into the theme's ramp of a share of the largest score. */
export function rampStep(share: number, { ramp }: Theme): number {
  return Math.max(0, Math.min(ramp.length - 1, Math.round(share * (ramp.length - 1))));
}

function cross(context: CanvasRenderingContext2D, { x, y, width, height }: Cell, ink: string): void {
  const inset = width * 0.18;
  const arm = width / 2 - inset;
  const [centreX, centreY] = [x + width / 2, y + height / 2];
  context.strokeStyle = ink;
  context.lineWidth = width >= 9 ? 1.5 : 1.2;
  context.beginPath();
  context.moveTo(centreX - arm, centreY - arm);
  context.lineTo(centreX + arm, centreY + arm);
  context.moveTo(centreX + arm, centreY - arm);
  context.lineTo(centreX - arm, centreY + arm);
  context.stroke();
}

function dot(context: CanvasRenderingContext2D, { x, y, width, height }: Cell, ink: string): void {
  context.fillStyle = ink;
  context.beginPath();
  context.arc(x + width / 2, y + height / 2, Math.max(1.2, width * 0.2), 0, 2 * Math.PI);
  context.fill();
}

function frame(context: CanvasRenderingContext2D, { x, y, width, height }: Cell, theme: Theme): void {
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.strokeRect(x, y, width, height);
  context.lineWidth = 1.5;
  context.strokeStyle = theme.foreground;
  context.strokeRect(x, y, width, height);
}
