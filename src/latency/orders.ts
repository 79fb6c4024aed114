import * as z from 'zod';
import {
  steadinessSchema,
  timedModelsSchema,
  type TimedModel,
  type TimingOptions,
} from '../engines/latency/interleaved';
import type { ConvolutionShape } from '../layerTimes/convolutions';
import { shapeTimesSchema } from '../layerTimes/timeTable';

/** What the measuring process is told to do. */
export type LatencyOrder =
  | { readonly kind: 'models'; readonly models: readonly TimedModel[]; readonly options: TimingOptions }
  | { readonly kind: 'convolutions'; readonly shapes: readonly MeasuredShape[]; readonly options: ConvolutionOptions };

/** A shape, and the most channels that it is measured with. */
export type MeasuredShape = ConvolutionShape & { readonly most: number };

export type ConvolutionOptions = Pick<TimingOptions, 'threads' | 'batchSize'>;

/** Times of convolutions, and how quiet the machine was. */
export const timedConvolutionsSchema = z.object({ shapes: z.array(shapeTimesSchema), steadiness: steadinessSchema });
export type TimedConvolutions = z.infer<typeof timedConvolutionsSchema>;

/** What the measuring process sends: progress, 0 to 1, now and then; at the end what it measured or why it failed. */
export const latencyMessageSchema = z.union([
  z.object({ progress: z.number() }),
  z.object({ models: timedModelsSchema }),
  z.object({ convolutions: timedConvolutionsSchema }),
  z.object({ failure: z.string() }),
]);
export type LatencyMessage = z.infer<typeof latencyMessageSchema>;
