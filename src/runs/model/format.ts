import * as z from 'zod';
import { visibleText } from '../../base/visibleText';
import { baselineKinds } from '../../config/baselines';
import { mostClasses } from '../../config/choices';
import { runConfigSchema } from '../../config/schema';

/**
 * The contract of a run folder; docs/run-format.md tells it in words.
 * The training process writes, everyone else only reads, except for the request files.
 */

export const formatVersion = 1;

/** A text for people. A run folder may come from anybody: what would act on a terminal, or hide in a text, can be seen. */
const text = z.string().overwrite(visibleText);

/** Where the runs of a folder with configs live, below it. */
export const runsPath = '.sfp/runs';

export const fileNames = {
  run: 'run.json',
  events: 'events.jsonl',
  layers: 'layers.bin',
  log: 'trainer.log',
  checkpoints: 'checkpoints',
  /** Written by `sfp sensitivity`, after training. */
  sensitivity: 'sensitivity.json',
  /** Measured times by width, on runs whose pruning goes by them. */
  layerTimes: 'layerTimes.json',
  /** The network of a run that trains none of the zoo. */
  network: 'network.json',
  /** Its presence asks the trainer to stop after the current step. */
  stopRequest: 'stop.request',
  /** That the run was handed to Slurm, written by who did so. */
  slurm: 'slurm.json',
  /** Who writes to the run at present. */
  lock: 'trainer.lock',
} as const;

/** `created` until the trainer has said hello; `running` with no living process is shown as lost. */
export const runStatusSchema = z.enum(['created', 'running', 'finished', 'stopped', 'failed']);
export type RunStatus = z.infer<typeof runStatusSchema>;

const multiplyAddsSchema = z.object({ dense: z.number(), paper: z.number(), exact: z.number() });
export type MultiplyAddTotals = z.infer<typeof multiplyAddsSchema>;

export const evaluationSchema = z.object({ loss: z.number(), accuracy: z.number() });
/** Mean loss and accuracy as a fraction. */
export type Evaluation = z.infer<typeof evaluationSchema>;

export const runProcessSchema = z.object({
  /** What is no process that could be a trainer (0, 1, negative ones) would be everything or the system where it is signalled. */
  pid: z.int().min(2),
  host: z.string(),
  /** Opaque mark of when the process started, where the system tells: another process with this pid has another mark. */
  started: z.string().optional(),
});
export type TrainerProcess = z.infer<typeof runProcessSchema>;

const baselineSchema = z.object({
  /** Id of the run that is judged against it. */
  of: text,
  kind: z.enum(baselineKinds),
});
export type Baseline = z.infer<typeof baselineSchema>;

const extent = () => z.int().min(1).max(4096);

/** Images of the user's own as they were when the run was made, so that the run can be read where they are not. */
const ownDataSchema = z.lazy(() =>
  z.object({
    title: text,
    shape: z.object({ channels: extent(), height: extent(), width: extent() }),
    classes: z.array(text).min(1).max(mostClasses),
    trainingCount: z.int().min(1),
    testCount: z.int().min(1),
    /** By channel, on the scale of the pixels: 0 to 255 for bytes. */
    mean: z.array(z.number()).max(4096),
    std: z.array(z.number()).max(4096),
    pixels: z.enum(['bytes', 'floats']),
    /** The training images from this one on are the validation part. */
    validationFrom: z.int().min(1).nullable(),
    /** The same as long as the images are. */
    fingerprint: text,
    reading: text,
  }),
);
export type OwnData = z.infer<typeof ownDataSchema>;

/** What was found of a network when its file was read, before anything was trained. */
const importedSchema = z.object({
  file: text,
  /** A sentence each. */
  notes: z.array(text).max(100),
  /** How its logits differ from those that the file itself gives in onnxruntime; null for files that it does not run. */
  equality: z.object({ images: z.int(), largestDifference: z.number(), logitsRange: z.number() }).nullable(),
});
export type Imported = z.infer<typeof importedSchema>;

/** As all larger schemas, made when it is first needed: an editor that starts does not wait for it. */
export const runManifestSchema = z.lazy(() =>
  z.object({
    formatVersion: z.literal(formatVersion),
    id: text,
    name: text,
    /** Runs started together from one config share it. */
    experiment: text,
    /** Absolute path of the config file, for opening it; null when there was none. */
    configFile: z.string().nullable(),
    config: runConfigSchema,
    /** On runs of images that the config brings along. */
    data: ownDataSchema.optional(),
    /** On runs that another run is judged against. The network of a narrow one is in `network.json`. */
    baseline: baselineSchema.optional(),
    /** On runs whose network comes from a file, since they have read it. */
    imported: importedSchema.optional(),
    /** ISO 8601, UTC. */
    created: z.string(),
    /** ISO 8601, UTC, when it was last asked to go on after its end. */
    resumed: z.string().optional(),
    status: runStatusSchema,
    /** Host and process that train, to tell a running trainer from a lost one; one that cannot be is none. */
    process: runProcessSchema.nullable().catch(null),
    engine: z
      .object({
        /** `tensorflow/cpu`; older versions of SFP Lab did not write it. */
        id: text.optional(),
        name: text,
        device: text,
        /** CPU threads, where it computes on the CPU; older versions of SFP Lab did not write it. */
        threads: z.int().min(1).optional(),
        versions: z.record(text, text),
        reason: text,
        /** Of which of its operators the network is built, where the engine has a choice; a sentence. */
        operators: text.optional(),
      })
      .nullable(),
    git: z.object({ commit: text, dirty: z.boolean() }).nullable(),
    versions: z.record(text, text),
    summary: z
      .object({
        epochs: z.int(),
        validation: evaluationSchema.nullable(),
        test: evaluationSchema.nullable(),
        multiplyAdds: multiplyAddsSchema.nullable(),
        seconds: z.number(),
      })
      .nullable(),
    /** One sentence when the run failed. */
    error: text.nullable(),
  }),
);
export type RunManifest = z.infer<typeof runManifestSchema>;

/** As long as a name in `network.json`: events are kept by the thousand, and what they hold must not have any size. */
const layerName = z.string().max(300).overwrite(visibleText);

/** A layer in the order of `layers.bin`. */
const prunableLayerSchema = z.object({ name: layerName, filters: z.int() });
export type PrunableLayer = z.infer<typeof prunableLayerSchema>;

const prunedLayerSchema = prunableLayerSchema.extend({
  pruned: z.int(),
  /** Filters that were pruned at the pruning before and are kept now. */
  returned: z.int(),
});

const time = z.object({ time: z.string().max(64) });

/** From the start of `epoch` on pruned filters stay zero. */
const heldEvent = () =>
  time.extend({
    type: z.literal('held'),
    epoch: z.int(),
    /** Why the whole network is trained nevertheless; null where the compact one is. */
    whyWhole: text.nullable(),
  });

export const runEventSchema = z.lazy(() =>
  z.discriminatedUnion('type', [
    /** Before `started`, about once a second while something long is prepared: the download of a data set. */
    time.extend({ type: z.literal('preparing'), message: text, fraction: z.number().nullable() }),
    time.extend({
      type: z.literal('started'),
      engine: text,
      device: text,
      epochs: z.int(),
      stepsPerEpoch: z.int(),
      images: z.object({ training: z.int(), validation: z.int(), test: z.int() }),
      layers: z.array(prunableLayerSchema),
      multiplyAdds: multiplyAddsSchema,
      /** Where a run that goes on does so: `step` steps of this epoch were done before. */
      from: z.object({ epoch: z.int(), step: z.int() }).optional(),
    }),
    /** About once a second while training; epochs and steps count from 0, `step` is the number of steps done in this epoch. */
    time.extend({
      type: z.literal('progress'),
      epoch: z.int(),
      step: z.int(),
      loss: z.number(),
      imagesPerSecond: z.number(),
      secondsLeft: z.number().nullable(),
    }),
    /** After every pruning; the first one, before epoch 0, has epoch -1. Record number `record` of layers.bin holds its scores and masks. */
    time.extend({
      type: z.literal('pruned'),
      epoch: z.int(),
      record: z.int(),
      rate: z.number(),
      layers: z.array(prunedLayerSchema),
      multiplyAdds: multiplyAddsSchema,
      /** Trainable parameters as trained and of the compact network, as `countParameters` counts them. */
      parameters: z.object({ dense: z.number(), exact: z.number() }).optional(),
    }),
    heldEvent(),
    /** After an epoch's training, and its pruning if there was one. */
    time.extend({
      type: z.literal('epoch'),
      epoch: z.int(),
      learningRate: z.number(),
      training: evaluationSchema,
      /** On the validation part, before this epoch's pruning; null without a validation part. */
      before: evaluationSchema.nullable(),
      /** On the validation part, after this epoch's pruning; null without a validation part or without a pruning. */
      after: evaluationSchema.nullable(),
      seconds: z.number(),
      imagesPerSecond: z.number(),
      /** In the first epoch: the loss of each of its first 20 steps, to compare with another implementation. */
      firstLosses: z.array(z.number()).max(100).optional(),
    }),
    time.extend({ type: z.literal('checkpoint'), epoch: z.int(), folder: z.string(), best: z.boolean() }),
    time.extend({ type: z.literal('warning'), message: text }),
    time.extend({ type: z.literal('stopped'), epoch: z.int(), message: text }),
    time.extend({ type: z.literal('failed'), message: text }),
    time.extend({
      type: z.literal('finished'),
      test: evaluationSchema,
      multiplyAdds: multiplyAddsSchema,
      seconds: z.number(),
    }),
  ]),
);
export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'time'> : never;
/** An event before it is known when it is written. */
export type UntimedEvent = WithoutTime<RunEvent>;

/** What layers.bin records at one pruning for one layer. */
export interface LayerRecord {
  readonly name: string;
  /** The criterion's score of every filter just before this pruning, [filters]. */
  readonly scores: Float32Array;
  /** One byte a filter in memory (1 = kept), one bit in the file. */
  readonly mask: Uint8Array;
}

export interface PruningRecord {
  /** -1 for the pruning before the first epoch. */
  readonly epoch: number;
  readonly layers: readonly LayerRecord[];
}
