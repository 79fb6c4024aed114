import * as z from 'zod';
import {
  allocations,
  architectures,
  batchNormPolicies,
  criteria,
  datasets,
  devices,
  engineNames,
  groupings,
  schedules,
} from './choices';

/**
 * The one source of what a `*.sfp.json` may say: validation, types, JSON schema, hover texts and docs derive from it.
 * The defaults are the recipe of the SFP paper (He et al., IJCAI 2018, section 4.1) for CIFAR-10.
 */

export { architectures, criteria, datasets, devices, engineNames, schedules };

const rate = () => z.number().min(0).lt(1);

/** More than any training takes; so the figures of a run always fit into memory. */
const mostEpochs = 100_000;

const pathRule = 'a path, id or name of 1 to 1000 characters, without control characters';
const patternRule = '1 to 200 characters, without control characters';
/** Layers of the largest network, several times over. */
const mostPatterns = 1000;

const networkFile = () =>
  z
    .string()
    .regex(/^\P{Cc}{1,1000}$/u, pathRule)
    .meta({ patternErrorMessage: pathRule })
    .nullable()
    .default(null);

const model = () =>
  z
    .strictObject({
      arch: z
        .enum(architectures)
        .default('resnet20')
        .describe(
          'Network by its name; without effect beside `model.onnx` or `model.tfjs`. `resnet18` to `resnet152`, `vgg16` and the MobileNets take images of up to 64 pixels less reduced, as is usual for CIFAR.',
        ),
      onnx: networkFile().describe(
        'Your own network instead, with its weights: an ONNX file, by its path from this config. `sfp import` tells what can be pruned of it.',
      ),
      tfjs: networkFile().describe(
        'Your own network instead, with its weights: the model.json of a TensorFlow.js LayersModel, by its path from this config.',
      ),
    })
    .describe('The network that is trained and pruned.');

const data = () =>
  z
    .strictObject({
      dataset: z.enum(datasets).default('cifar10').describe('Downloaded once, verified and kept in the cache.'),
      validation: z
        .int()
        .min(0)
        .default(5000)
        .describe(
          'Training images held out, chosen by the seed, for the accuracy before and after each pruning; none where `data.shuffle` is off.',
        ),
      augment: z
        .enum(['crop-flip', 'none'])
        .default('crop-flip')
        .describe(
          '`crop-flip`: random horizontal flip, then a random crop after zero padding by 4 pixels; `none`: neither.',
        ),
      shuffle: z
        .boolean()
        .default(true)
        .describe(
          'Off, every epoch takes the training images in the order of the data set, from the first one on, and holds none out: for repeating a run elsewhere.',
        ),
      limit: z
        .int()
        .min(1)
        .nullable()
        .default(null)
        .describe(
          'For quick trials: use only this many training images, and at most as many validation and test images.',
        ),
    })
    .describe('Images and what is done to them.');

const optimizer = () =>
  z
    .strictObject({
      learningRate: z
        .number()
        .positive()
        .default(0.1)
        .describe('Used for every epoch when there is no learning-rate schedule.'),
      momentum: z.number().min(0).lt(1).default(0.9).describe('Momentum of SGD.'),
      nesterov: z.boolean().default(true).describe('Nesterov momentum, by PyTorch’s rule.'),
      weightDecay: z
        .number()
        .min(0)
        .default(5e-4)
        .describe('L2 penalty on all parameters, batch norm and biases included.'),
    })
    .describe('Stochastic gradient descent.');

const learningRateStep = () =>
  z.strictObject({
    epoch: z.int().min(0).max(mostEpochs).describe('First epoch, counted from 0, that uses this rate.'),
    learningRate: z.number().positive().describe('Learning rate from this epoch on.'),
  });

const training = () =>
  z
    .strictObject({
      epochs: z.int().min(1).max(mostEpochs).default(200).describe('Passes over the training images.'),
      batchSize: z
        .int()
        .min(1)
        .max(4096)
        .default(128)
        .describe('Images in a step. The last, smaller batch of an epoch is left out.'),
      optimizer: optimizer().prefault({}),
      learningRateSchedule: z
        .array(learningRateStep())
        .max(1000)
        .default([
          { epoch: 0, learningRate: 0.01 },
          { epoch: 1, learningRate: 0.1 },
          { epoch: 60, learningRate: 0.02 },
          { epoch: 120, learningRate: 0.004 },
          { epoch: 160, learningRate: 0.0008 },
        ])
        .describe('Learning rates by epoch, in ascending order. An empty list keeps the optimizer’s learning rate.'),
      seed: z
        .int()
        .min(0)
        .max(0xffffffff)
        .default(1)
        .describe('Decides initial weights, validation split, shuffling and augmentation.'),
      initialWeights: z
        .string()
        .regex(/^\P{Cc}{1,1000}$/u, pathRule)
        .meta({ patternErrorMessage: pathRule })
        .nullable()
        .default(null)
        .describe(
          'What training starts from: a safetensors file beside this config, or a run by its id or name. Null takes random weights, or those of `model.onnx` or `model.tfjs`, which "random" leaves aside. The paper takes a tenth of the learning rates for weights that are trained already.',
        ),
    })
    .describe('The training recipe.');

const left = () => z.number().positive().lt(1).nullable().default(null);

const target = () =>
  z
    .strictObject({
      flops: left().describe('What is to be left of the FLOPs, as a fraction: 0.5 prunes until half of them are gone.'),
      parameters: left().describe('What is to be left of the parameters, as a fraction.'),
      latency: left().describe(
        'What is to be left of the measured time of a forward pass on this machine, as a fraction; it needs the table of `sfp engines --widths`, which is measured when it is missing.',
      ),
    })
    .describe('Instead of `pruning.rate`: the gentlest rate that reaches it is found. At most one of them.');

const layerPattern = () =>
  z
    .string()
    .regex(/^\P{Cc}{1,200}$/u, patternRule)
    .meta({ patternErrorMessage: patternRule });

/** When is pruned, and what becomes of the masks. */
const course = () => ({
  schedule: z
    .enum(schedules)
    .default('soft')
    .describe(
      '`soft`: pruned filters are set to zero and may come back in the next epoch; `hard`: they stay zero; `asymptotic`: soft, and the rate grows; `one-shot`: prune once and fine-tune.',
    ),
  everyEpochs: z
    .int()
    .min(1)
    .max(mostEpochs)
    .default(1)
    .describe('Prune after every this many epochs, and always after the last one.'),
  settleEpochs: z
    .int()
    .min(0)
    .max(mostEpochs)
    .default(0)
    .describe(
      'The last so many epochs train with the masks held, so that the network adapts to what is left. An option of SFP Lab; the paper has none.',
    ),
  pruneAfterEpochs: z
    .int()
    .min(0)
    .max(mostEpochs)
    .default(0)
    .describe('For `one-shot`: epochs trained before the pruning; 0 prunes before training.'),
});

const pruning = () =>
  z
    .strictObject({
      criterion: z
        .enum(criteria)
        .default('l2')
        .describe(
          'How filters are ranked: `l1`, `l2` norm of their weights; `fpgm` distance to the others of their layer; `bn-scale` of the batch norm after them; `taylor` effect on the loss, from gradients; `random`, for comparison.',
        ),
      rate: rate().default(0.3).describe('Fraction of the filters of every layer that is PRUNED, 0 to below 1.'),
      ...course(),
      groups: z
        .enum(groupings)
        .default('independent')
        .describe(
          '`independent`: every layer has a mask of its own, as in the paper; `coupled`: one mask for all layers that a shortcut joins, which makes the compact network faster.',
        ),
      allocation: z
        .enum(allocations)
        .default('uniform')
        .describe(
          '`uniform`: the rate in every layer; `global`: as many filters in all, the lowest of the whole network, scores divided by their layer’s mean.',
        ),
      target: target().prefault({}),
      roundTo: z
        .union([z.int().min(1).max(64), z.literal('machine')])
        .default(1)
        .describe(
          'Kept filters come in multiples of it, never none: processors compute whole blocks of 8 or 16. `machine` takes the multiples that are measured to be faster here.',
        ),
      batchNorm: z
        .enum(batchNormPolicies)
        .default('keep')
        .describe(
          '`keep`: scale and shift of a pruned filter stay, as in the paper, and the compact network carries its constant; `zero`: they are set to zero when the masks are final.',
        ),
      layers: z
        .record(layerPattern(), z.strictObject({ rate: rate().describe('Pruning rate of the matching layers.') }))
        .refine((layers) => Object.keys(layers).length <= mostPatterns)
        .default({})
        .meta({
          maxProperties: mostPatterns,
          description:
            'Other rates by layer name: `*` stands for any text, as in `stage3.*`, and every other character for itself. The last match wins.',
        }),
    })
    .describe('What is pruned, how hard and when.');

const engine = () =>
  z
    .strictObject({
      name: z
        .enum(engineNames)
        .default('auto')
        .describe('`auto` takes the engine that is the fastest here, measured with this very network.'),
      device: z
        .enum(devices)
        .default('auto')
        .describe('`gpu` and `cpu` hold the engine to such a device; `auto` takes the faster one.'),
      threads: z
        .int()
        .min(1)
        .max(256)
        .nullable()
        .default(null)
        .describe('CPU threads; null takes one for each physical core.'),
      tf32: z
        .boolean()
        .default(false)
        .describe(
          'Lets TensorFlow on an NVIDIA GPU round the operands of convolutions to 10 bits of mantissa: faster, less exact.',
        ),
    })
    .describe('What the network is computed with.');

const nameRule = '1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit';

/** Made when it is first needed, once: its hundred parts take longer than all else that an extension does when it starts. */
let made: ReturnType<typeof config> | undefined;
const whole = () => (made ??= config());

const config = () =>
  z.strictObject({
    $schema: z
      .string()
      .max(1000)
      .optional()
      .describe('Where the JSON schema of this file is, for other editors than VS Code.'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, nameRule)
      .optional()
      .meta({
        description: 'Name of the experiment; the file name if left out.',
        // VS Code shows this instead of the pattern.
        patternErrorMessage: nameRule,
      }),
    model: model().prefault({}),
    data: data().prefault({}),
    training: training().prefault({}),
    pruning: pruning().prefault({}),
    engine: engine().prefault({}),
    sweep: z
      .record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).min(1))
      .optional()
      .describe(
        'Settings by dotted path, each with the values to try; every combination is one run: { "pruning.criterion": ["l1", "l2"] }.',
      ),
  });

export const configSchema = z.lazy(whole);

export type ConfigInput = z.input<typeof configSchema>;
export type Config = z.output<typeof configSchema>;

/** The config of one run: the sweep is resolved and the name is filled in. Images in their own order have no validation part. */
export const runConfigSchema = z.lazy(() =>
  whole()
    .omit({ sweep: true, $schema: true })
    .extend({ name: z.string() })
    .overwrite((run) => (run.data.shuffle ? run : { ...run, data: { ...run.data, validation: 0 } })),
);
export type RunConfig = z.output<typeof runConfigSchema>;
