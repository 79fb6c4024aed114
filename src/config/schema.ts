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
  mostClasses,
  pictureSides,
  schedules,
} from './choices';
import { sweepSchema } from './sweepSchema';

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

const path = () =>
  z
    .string()
    .regex(/^\P{Cc}{1,1000}$/u, pathRule)
    .meta({ patternErrorMessage: pathRule });

/** Of images of more channels nobody normalises each by hand. */
const mostChannelValues = 64;

const nameOfClassRule = '1 to 200 characters, without control characters';
const className = () =>
  z
    .string()
    .regex(/^\P{Cc}{1,200}$/u, nameOfClassRule)
    .meta({ patternErrorMessage: nameOfClassRule });

const channelValues = (value: z.ZodNumber) => z.array(value).max(mostChannelValues);

/** Images that the config brings along, and how they are read. */
const ownImages = () => ({
  arrays: path()
    .nullable()
    .default(null)
    .describe(
      'Your own images instead, by the path from this config: an NPZ file, a safetensors file, or a folder of NPY files, with `x_train`, `y_train`, `x_test` and `y_test` (or `train_images`, `train_labels`, …), and `x_val` and `y_val` if there are any. Images are uint8 or floats, which become float32: [count, height, width], or with channels last or in front of height and width.',
    ),
  folder: path()
    .nullable()
    .default(null)
    .describe(
      'Your own pictures instead, by the path from this config: a folder with `train/CLASS/` and, if there are any, `val/CLASS/` and `test/CLASS/`, in which jpg, jpeg, png and webp files are. Without `test` a tenth of every class is split off, the same for all seeds.',
    ),
  size: z
    .int()
    .min(pictureSides.least)
    .max(pictureSides.most)
    .default(224)
    .describe(
      'Of `data.folder`: pixels of a side. For training a random part of a picture is resized to it, else its middle is taken once its shorter side has 256/224 of it.',
    ),
  channels: z
    .literal([1, 3])
    .default(3)
    .describe('Of `data.folder`: 3 for colour, 1 for grey, whatever the files have.'),
  skipBroken: z
    .boolean()
    .default(false)
    .describe('Of `data.folder`: leaves out pictures that can’t be decoded, instead of naming them and ending.'),
  cacheGigabytes: z
    .number()
    .min(0)
    .max(100_000)
    .default(8)
    .describe(
      'Of `data.folder`: decoded pictures that are kept in the cache take at most so much, and half of what is free; all folders and sizes together at most the largest of such bounds, for which those are removed that were not used for the longest time and that no process uses; other pictures are decoded again whenever they are wanted, to the same pixels.',
    ),
  classNames: z
    .array(className())
    .max(mostClasses)
    .default([])
    .describe(
      'Names of the classes of `data.arrays`, in the order of the labels; an empty list takes the array `class_names` or else the numbers.',
    ),
  mean: channelValues(z.number())
    .default([])
    .describe(
      'What is taken off your own images, one value or one a channel, on a scale on which white is 1; an empty list takes ImageNet’s. Of floats it is on their own scale, and an empty list takes nothing off.',
    ),
  std: channelValues(z.number().positive())
    .default([])
    .describe('What your own images are divided by then, as `data.mean`.'),
});

const data = () =>
  z
    .strictObject({
      dataset: z
        .enum(datasets)
        .default('cifar10')
        .describe(
          'Downloaded once, verified and kept in the cache; without effect beside `data.arrays` or `data.folder`.',
        ),
      ...ownImages(),
      validation: z
        .int()
        .min(0)
        .nullable()
        .default(null)
        .describe(
          'Training images held out, chosen by the seed, for the accuracy before and after each pruning; null takes 5000, or a tenth of your own images unless they bring a validation part; none where `data.shuffle` is off.',
        ),
      augment: z
        .enum(['crop-flip', 'none'])
        .default('crop-flip')
        .describe(
          '`crop-flip`: random horizontal flip, then a random crop after zero padding by 4 pixels, of pictures in folders one of 8 to 100 % of their area; `none`: neither.',
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
      initialWeights: path()
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
          '`keep`: scale and shift of a pruned filter stay, as in the paper, and the compact network carries its constant; `zero`: they, and what else belongs to its channels alone behind depthwise convolutions and gates, are set to zero when the masks are final.',
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

const logs = () =>
  z
    .strictObject({
      tensorBoard: z
        .boolean()
        .default(false)
        .describe(
          'Writes an event file for TensorBoard into the run’s folder while it is trained: `tensorboard --logdir .sfp/runs` shows it. `sfp tensorboard` makes one of any run.',
        ),
    })
    .describe('What is written beside the run’s own record. It changes nothing of what is trained.');

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
    logs: logs().prefault({}),
    sweep: sweepSchema().optional(),
  });

export const configSchema = z.lazy(whole);

export type ConfigInput = z.input<typeof configSchema>;
export type Config = z.output<typeof configSchema>;

/** The config of one run: the sweep is resolved and the name is filled in. Images in their own order have no validation part. */
export const runConfigSchema = z.lazy(() =>
  whole()
    .omit({ sweep: true, $schema: true })
    .extend({ name: z.string() })
    .overwrite((run) => ({ ...run, data: { ...run.data, validation: validationOf(run.data) } })),
);
export type RunConfig = z.output<typeof runConfigSchema>;

/** The paper's part of CIFAR-10. How many your own images are is not the config's to know. */
function validationOf({ shuffle, validation, arrays, folder }: z.output<ReturnType<typeof data>>): number | null {
  if (!shuffle) return 0;
  return validation ?? (arrays === null && folder === null ? 5000 : null);
}
