import * as z from 'zod';
import type { Channels, ConvolutionShape } from './convolutions';
import { between, isAligned } from './grid';

const channels = z.int().min(1).max(65_536);
const extent = z.int().min(1).max(4096);
const seconds = z.number().positive().max(3600);

/** On which machine and how it was measured: times of other conditions are other times. */
export const conditionsSchema = z.object({
  /** System, architecture and processors. */
  machine: z.string(),
  onnxruntime: z.string(),
  node: z.string(),
  threads: z.int().min(1),
  batchSize: z.int().min(1),
});
export type Conditions = z.infer<typeof conditionsSchema>;

/**
 * Times of convolutions of one shape, with batch norm and ReLU, as they run in a network's ONNX file. `pairs` are
 * [one width, other width, seconds], the mean of a convolution from one to the other and of one back.
 */
export const shapeTimesSchema = z.object({
  kernel: extent,
  height: extent,
  width: extent,
  most: channels,
  pairs: z
    .array(z.tuple([channels, channels, seconds]))
    .min(1)
    .max(2000),
});
export type ShapeTimes = z.infer<typeof shapeTimesSchema>;

/** A whole network, by `networkKey`: dense, and with half of its coupled groups; null where nothing of it can be pruned. */
export const networkTimeSchema = z.object({
  key: z.string(),
  name: z.string(),
  dense: seconds,
  half: seconds.nullable(),
});
export type NetworkTime = z.infer<typeof networkTimeSchema>;

/** All that was measured under the same conditions. */
export const timeTableSchema = z.object({
  conditions: conditionsSchema,
  /** ISO 8601, of the newest part. */
  measured: z.string(),
  shapes: z.array(shapeTimesSchema).max(1000),
  networks: z.array(networkTimeSchema).max(1000),
});
export type TimeTable = z.infer<typeof timeTableSchema>;

/** The times of a shape that reach as far as is needed; undefined when there are none. */
export function timesOf({ shapes }: Pick<TimeTable, 'shapes'>, shape: ConvolutionShape, most: number) {
  return shapes
    .filter((each) => isSameShape(each, shape) && each.most >= most)
    .reduce<ShapeTimes | undefined>((best, each) => (best && best.most <= each.most ? best : each), undefined);
}

function isSameShape(one: ConvolutionShape, other: ConvolutionShape): boolean {
  return one.height === other.height && one.width === other.width && one.kernel === other.kernel;
}

/** Seconds of one convolution by its channels. */
export type SecondsOf = (channels: Channels) => number;

/**
 * Seconds of a convolution of a shape at any widths: measured, or between the nearest measured ones of the same kind, aligned or
 * not, in both directions (bilinear).
 */
export function secondsByWidth({ pairs }: Pick<ShapeTimes, 'pairs'>): SecondsOf {
  const times = new Map(pairs.map(([one, other, value]) => [keyOf(one, other), value]));
  const all = [...new Set(pairs.flatMap(([one, other]) => [one, other]))].sort((a, b) => a - b);
  const widest = all.at(-1)!;
  const aligned = all.filter((width) => isAligned(width) || width === widest);
  const others = all.filter((width) => !isAligned(width));
  const place = (width: number) =>
    between(isAligned(width) || width === widest || others.length === 0 ? aligned : others, width);
  const known = new Map<string, number>();
  return ({ inputs, outputs }) => {
    const key = keyOf(inputs, outputs);
    const value = known.get(key) ?? secondsAt(inputs, outputs);
    known.set(key, value);
    return value;
  };

  function secondsAt(inputs: number, outputs: number): number {
    const [a, b] = [place(inputs), place(outputs)];
    const at = (one: number, other: number): number => times.get(keyOf(one, other))!;
    const atLow = at(a.low, b.low) * (1 - b.share) + at(a.low, b.high) * b.share;
    const atHigh = at(a.high, b.low) * (1 - b.share) + at(a.high, b.high) * b.share;
    return atLow * (1 - a.share) + atHigh * a.share;
  }
}

function keyOf(one: number, other: number): string {
  return one < other ? `${one}:${other}` : `${other}:${one}`;
}
