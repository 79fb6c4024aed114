import * as z from 'zod';

/** The contract of `compact/certificate.json`: how equal a compact network is to the masked one, and how much faster. */

export const certificateVersion = 1;

/** Milliseconds of a forward pass: the median of many, and the middle half of them. */
const durationSchema = z.object({ median: z.number(), low: z.number(), high: z.number() });
export type MeasuredDuration = z.infer<typeof durationSchema>;

const latencySchema = z.object({
  batch: z.int(),
  threads: z.int(),
  masked: durationSchema,
  compact: durationSchema,
});
export type Latency = z.infer<typeof latencySchema>;

/** A count of the dense network, of what the masks leave in theory, and of the compact network that was built. */
const countSchema = z.object({ dense: z.number(), theoretical: z.number(), built: z.number() });
export type BuiltCount = z.infer<typeof countSchema>;

const layerSchema = z.object({
  name: z.string(),
  filters: countSchema,
  multiplyAdds: countSchema,
});

const lostSchema = z.object({
  /**
   * `added`: filters beyond those that the masks leave; `filled`: channels that only fill the processor's blocks up;
   * `outsideBlocks`: a convolution whose widths do not go into blocks; `gather`: channels brought into place before a sum.
   */
  kind: z.enum(['added', 'filled', 'outsideBlocks', 'gather']),
  text: z.string(),
  /** Fraction of the dense network's multiply-adds that it costs; null where it is not counted in them. */
  share: z.number().nullable(),
});
/** Where a part of the promised saving went. */
export type LostSaving = z.infer<typeof lostSchema>;

export const certificateSchema = z.lazy(() =>
  z.object({
    formatVersion: z.literal(certificateVersion),
    run: z.string(),
    /** The checkpoint whose masked network was compacted. */
    checkpoint: z.string(),
    /** ISO 8601, UTC. */
    created: z.string(),
    /** Over all test images of the run: the largest difference of two logits, and the largest logit less the smallest. */
    equality: z.object({ images: z.int(), largestDifference: z.number(), logitsRange: z.number() }),
    /** Images that the data set has for tests; `data.limit` leaves some out. */
    testImages: z.int(),
    /** On the test images, as fractions. */
    accuracy: z.object({ masked: z.number(), compact: z.number() }),
    /** For one image. */
    multiplyAdds: countSchema,
    parameters: countSchema,
    /** Of the ONNX files. */
    bytes: z.object({ masked: z.int(), compact: z.int() }),
    /** What computed the masked network's logits; the compact one's came from its ONNX file in onnxruntime. */
    engine: z.object({ name: z.string(), device: z.string(), versions: z.record(z.string(), z.string()) }),
    /** Measured in one run, in turns; null where other programs used the processor in every try. */
    latency: z
      .object({
        machine: z.string(),
        runtime: z.string(),
        measured: z.array(latencySchema),
      })
      .nullable(),
    /** Fraction of the dense network's time that the pruning was to come to (`target.latency`); null where none was asked for. */
    targetLatency: z.number().nullable().default(null),
    /** Channels that this processor computes together; 1 where that is not known. */
    block: z.int().min(1),
    layers: z.array(layerSchema),
    /** Why the compact network is not as much faster as the masks promise, in the order of the network. */
    lost: z.array(lostSchema),
  }),
);
export type Certificate = z.infer<typeof certificateSchema>;
