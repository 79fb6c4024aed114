import { largest } from './filterLife';
import { cornerOf, type FilterLayout } from './filterLayout';
import type { Theme } from './theme';

export interface LayerFilters {
  readonly norms: Float32Array;
  /** 1 = kept. */
  readonly mask: Uint8Array;
  /** Filters that came back at this pruning. */
  readonly returned: readonly number[];
}

/**
 * Paints a layer, a cell a filter: shaded by its share of the layer's largest norm, pruned ones crossed out, returned ones
 * with a dot. Units are CSS pixels; `active` gets a frame.
 */
export function paintFilters(
  context: CanvasRenderingContext2D,
  filters: LayerFilters,
  layout: FilterLayout,
  theme: Theme,
  active: number | null,
): void {
  const side = layout.cell - (layout.cell >= 5 ? 1 : 0);
  const most = largest(filters.norms) || 1;
  const returned = new Set(filters.returned);
  for (const [filter, norm] of filters.norms.entries()) {
    const step = Math.round((norm / most) * (theme.ramp.length - 1));
    const { x, y } = cornerOf(layout, filter);
    context.fillStyle = theme.ramp[step]!;
    context.fillRect(x, y, side, side);
    const ink = theme.rampInk[step]!;
    if (filters.mask[filter] === 0) cross(context, x, y, side, ink);
    else if (returned.has(filter)) dot(context, x, y, side, ink);
  }
  if (active !== null) frame(context, cornerOf(layout, active), side, theme);
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, side: number, ink: string): void {
  const inset = side >= 6 ? side * 0.2 : 0.5;
  context.strokeStyle = ink;
  context.lineWidth = side >= 9 ? 1.5 : 1;
  context.beginPath();
  context.moveTo(x + inset, y + inset);
  context.lineTo(x + side - inset, y + side - inset);
  context.moveTo(x + side - inset, y + inset);
  context.lineTo(x + inset, y + side - inset);
  context.stroke();
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, side: number, ink: string): void {
  context.fillStyle = ink;
  context.beginPath();
  context.arc(x + side / 2, y + side / 2, Math.max(1, side * 0.19), 0, 2 * Math.PI);
  context.fill();
}

function frame(
  context: CanvasRenderingContext2D,
  { x, y }: { x: number; y: number },
  side: number,
  theme: Theme,
): void {
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.strokeRect(x, y, side, side);
  context.lineWidth = 1.5;
  context.strokeStyle = theme.foreground;
  context.strokeRect(x, y, side, side);
}
