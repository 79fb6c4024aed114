import { isWholeNumber } from './settings';
import type { Range, SweepValue, SweepValues } from './sweepSchema';

/** What people write, and more than any measurement tells. */
const digits = 6;

/** The values that a setting is tried with, in their order. */
export function sweptValues(setting: string, values: SweepValues): readonly SweepValue[] {
  return isRange(values) ? rangeValues(values, isWholeNumber(setting)) : values;
}

export function isRange(values: SweepValues): values is Range {
  return !Array.isArray(values);
}

/** How many values a setting is tried with, without making them. */
export function sweptCount(values: SweepValues): number {
  return isRange(values) ? values.count : values.length;
}

/** The ends are as they are written; what is between them is rounded. */
export function rangeValues({ from, to, count, scale }: Range, whole: boolean): number[] {
  const between = scale === 'log' ? logValue : linearValue;
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return from;
    if (index === count - 1) return to;
    const value = between(from, to, index / (count - 1));
    return whole ? Math.round(value) : value;
  });
}

/** Digits count from the larger end on: half way from -0.3 to 0.3 is 0, not the 5e-17 that binary fractions leave. */
function linearValue(from: number, to: number, part: number): number {
  const value = from * (1 - part) + to * part;
  const decimals = digits - 1 - Math.floor(Math.log10(Math.max(Math.abs(from), Math.abs(to))));
  // toFixed has no more; values so small have digits of their own.
  return decimals >= 0 && decimals <= 100 ? Number(value.toFixed(decimals)) : Number(value.toPrecision(digits));
}

function logValue(from: number, to: number, part: number): number {
  return Number(Math.exp(Math.log(from) * (1 - part) + Math.log(to) * part).toPrecision(digits));
}
