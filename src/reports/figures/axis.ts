/** A stretch of numbers with ticks at round ones. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** Of the ticks' texts. */
  readonly decimals: number;
}

export interface AxisOptions {
  /** Ticks that are wanted, about. */
  readonly ticks?: number;
  /** Beyond which the axis does not go. */
  readonly least?: number;
  readonly most?: number;
  /** Only whole numbers are ticks. */
  readonly isWhole?: boolean;
}

/** The axis of these values, a little wider than they are, from tick to tick (steps of 1, 2 or 5: Heckbert, Graphics Gems 1990). */
export function axisOver(values: readonly number[], options: AxisOptions = {}): Axis {
  const { ticks: wanted = 5, least = -Infinity, most = Infinity, isWhole = false } = options;
  const [lowest, highest] = extent(values);
  const spread = highest - lowest || Math.abs(highest) * 0.1 || 1;
  const step = Math.max(roundStep(spread / wanted), isWhole ? 1 : 0);
  const margin = isWhole ? 0 : 0.03 * spread;
  const first = Math.floor((lowest - margin) / step);
  const last = Math.ceil((highest + margin) / step);
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const rounded = (value: number): number => Number(value.toFixed(decimals));
  const low = Math.max(least, rounded(first * step));
  const high = Math.min(most, rounded(last * step));
  const all = Array.from({ length: Math.min(last - first + 1, 50) }, (_, index) => rounded((first + index) * step));
  return { low, high, ticks: all.filter((tick) => tick >= low && tick <= high), decimals };
}

/** From a value to its place on an axis that is drawn from `start` to `end`. */
export function placeOn({ low, high }: Axis, start: number, end: number): (value: number) => number {
  return (value) => start + ((value - low) / (high - low || 1)) * (end - start);
}

/** A coordinate as SVG has it, to a tenth of a unit. */
export function coordinate(value: number): string {
  return String(Math.round(10 * value) / 10);
}

function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
