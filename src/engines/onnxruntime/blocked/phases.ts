/**
 * A convolution with a stride, taken apart into convolutions without one. Along one axis, phase `start` of the input are the
 * entries start, start + stride, …; each kernel tap meets one phase only.
 */
export interface Phase {
  readonly start: number;
  /** Indices of the kernel's taps that meet this phase, ascending. */
  readonly taps: readonly number[];
  /** Zeros before and after the phase's entries. */
  readonly before: number;
  readonly after: number;
}

/** The phases of the input: output entry `a` sums tap `t` times input entry stride * a + t - padding. */
export function inputPhases(taps: number, stride: number, padding: number, input: number, output: number): Phase[] {
  return range(stride).flatMap((start) => {
    const own = range(taps).filter((tap) => modulo(tap - padding, stride) === start);
    if (own.length === 0) return [];
    const before = -(own[0]! - padding - start) / stride;
    const after = output + own.length - 1 - before - input / stride;
    return [{ start, taps: own, before, after }];
  });
}

/** The phases of the input's gradient: its entry stride * a + start sums tap `t` times output entry a + (start + padding - t) / stride. */
export function gradientPhases(taps: number, stride: number, padding: number, input: number, output: number): Phase[] {
  return range(stride).map((start) => {
    const own = range(taps).filter((tap) => modulo(start + padding - tap, stride) === 0);
    const before = own.length === 0 ? 0 : (own.at(-1)! - start - padding) / stride;
    const after = input / stride + own.length - 1 - before - output;
    return { start, taps: own, before, after };
  });
}

/** Whether the phases can be had: the extents divide evenly, and padding is enough where an entry is missing. */
export function phasesFit(taps: number, stride: number, padding: number, input: number, output: number): boolean {
  if (padding >= taps || input % stride !== 0 || (stride > 1 && output * stride !== input)) return false;
  const all = [
    ...inputPhases(taps, stride, padding, input, output),
    ...gradientPhases(taps, stride, padding, input, output).filter((phase) => phase.taps.length > 0),
  ];
  return all.every(({ before, after }) => before >= 0 && after >= 0);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
