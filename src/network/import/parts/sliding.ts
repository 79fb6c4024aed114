import type { Shape } from '../../graph';
import type { Margins } from '../../layers/graphOps';
import { pooledShape, type PoolSettings } from '../../layers/pooling';
import { Unsupported } from './importedNetwork';

/** How a kernel or a window slides over an image in another tool, before it is put into our form. */
export interface Sliding {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly dilation: number;
  readonly margins: Margins;
}

export const noMargins: Margins = { top: 0, left: 0, bottom: 0, right: 0 };

/** What TensorFlow's rule "same" adds to an image in all: as many places as the stride leaves of it. */
export function sameReach(
  { height, width }: Shape,
  { kernel, stride, dilation }: Omit<Sliding, 'margins'>,
): readonly [rows: number, columns: number] {
  const reach = (size: number, taps: number): number =>
    Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (taps - 1) + 1 - size);
  return [reach(height, kernel[0]), reach(width, kernel[1])];
}

/** Margins of so many rows and columns in all; the odd one is below and to the right. */
export function sharedOut([rows, columns]: readonly [rows: number, columns: number]): Margins {
  const [top, left] = [rows >> 1, columns >> 1];
  return { top, left, bottom: rows - top, right: columns - left };
}

/** Throws an Unsupported for margins that cut the image. */
export function inside(margins: Margins): Margins {
  if (Object.values(margins).some((margin) => !(margin >= 0)))
    throw new Unsupported('It pads by less than nothing, which cuts the image; that cannot be had.');
  return margins;
}

/** The same padding of all sides; null where they differ. */
export function samePadding({ top, left, bottom, right }: Margins): number | null {
  return top === left && top === bottom && top === right ? top : null;
}

/** The one value for height and width. Throws an Unsupported where they have two. */
export function bothAlike(values: readonly number[], what: string): number {
  const [first, second] = values;
  if (first === undefined || values.length !== 2 || first !== second)
    throw new Unsupported(`Its ${what} are [${values.slice(0, 5).join(', ')}]; height and width must have the same.`);
  return first;
}

/**
 * Settings with which a pooling that leaves out what is padded has these windows: what is padded behind the image is as good as
 * rounding up the number of places, where that comes to the same number. Null where there are none.
 */
export function poolSettingsFor(
  { kernel, stride, margins }: Sliding,
  shape: Shape,
  ceil: boolean,
): PoolSettings | null {
  const { top, left, bottom, right } = margins;
  if (top !== left) return null;
  if (top === bottom && left === right) return { kernel, stride, padding: top, ceil };
  if (ceil || kernel.some((taps) => 2 * top > taps)) return null;
  const places = (size: number, taps: number, around: number): number =>
    Math.floor((size + around - taps) / stride) + 1;
  const [rows, columns] = [places(shape.height, kernel[0], top + bottom), places(shape.width, kernel[1], left + right)];
  const settings = [false, true].map((rounded) => ({ kernel, stride, padding: top, ceil: rounded }));
  const fitting = settings.find((each) => {
    const { height, width } = pooledShape({ name: '', inputs: [], ...each }, shape);
    return height === rows && width === columns;
  });
  return fitting ?? null;
}

/** Settings of a pooling that pads by the same on all sides, by no more than half of its window; null for others. */
export function evenSettings({ kernel, stride, margins }: Sliding, ceil: boolean): PoolSettings | null {
  const { top, left, bottom, right } = margins;
  const isEven = top === left && top === bottom && left === right;
  return isEven && kernel.every((taps) => 2 * top <= taps) ? { kernel, stride, padding: top, ceil } : null;
}

/**
 * The margins that windows reach into where the number of places is rounded up: one that would begin behind the image, in its
 * padding, is left out (ONNX, since version 22 of AveragePool also in its text), so that not all of the padding may be used.
 */
export function reachedMargins({ kernel, stride, margins }: Sliding, { height, width }: Shape): Margins {
  const reached = (size: number, taps: number, before: number, behind: number): number => {
    const rounded = Math.ceil((size + before + behind - taps) / stride);
    const last = rounded * stride >= size + before ? rounded - 1 : rounded;
    return Math.max(0, Math.min(behind, last * stride + taps - size - before));
  };
  return {
    ...margins,
    bottom: reached(height, kernel[0], margins.top, margins.bottom),
    right: reached(width, kernel[1], margins.left, margins.right),
  };
}

export function unpadded({ kernel, stride }: Sliding): PoolSettings {
  return { kernel, stride, padding: 0, ceil: false };
}

export function paddingInWords({ top, left, bottom, right }: Margins): string {
  return `It pads by ${top} above, ${left} left, ${bottom} below and ${right} right`;
}
