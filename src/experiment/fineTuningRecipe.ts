/** What a recipe goes by, of a network that comes with weights. */
export interface TrainedNetwork {
  readonly parameters: number;
  /** Without one, as after folding, nothing keeps the sizes of activations in bounds. */
  readonly hasBatchNorm: boolean;
}

/** A value of a recipe, and why it is proposed: sentences without line breaks. */
export interface Proposed<Value> {
  readonly value: Value;
  readonly reason: string;
}

export interface LearningRateStep {
  readonly epoch: number;
  readonly learningRate: number;
}

/** Settings of `training` and `pruning` for a network that is trained already. */
export interface FineTuningRecipe {
  readonly epochs: Proposed<number>;
  readonly batchSize: Proposed<number>;
  /** In ascending order of epochs, the first at 0. */
  readonly learningRateSchedule: Proposed<readonly LearningRateStep[]>;
  readonly rate: Proposed<number>;
  readonly settleEpochs: Proposed<number>;
  readonly groups: Proposed<'coupled'>;
  /** Null for a network that has none. */
  readonly batchNorm: Proposed<'zero'> | null;
}

/** Taken where nobody knows yet how many training images there are: those of the paper's CIFAR-10. */
const usualImages = 50_000;

/**
 * A recipe for pruning a trained network while it is fine-tuned, after that of the SFP paper for pretrained networks (He et al.,
 * IJCAI 2018, section 4.1): a tenth of the learning rates, falling at the paper's pace. `trainingImages` is null where nobody
 * knows yet how many there are. Epochs, batches and settling are proposals of SFP Lab, for networks and data of any size.
 */
export function fineTuningRecipe(network: TrainedNetwork, trainingImages: number | null): FineTuningRecipe {
  const images = trainingImages ?? usualImages;
  const epochs = epochsFor(network, images, trainingImages !== null);
  const batchSize = batchSizeFor(images);
  return {
    epochs,
    batchSize,
    learningRateSchedule: scheduleFor(network, epochs.value, batchSize.value),
    rate: rateFor(network),
    settleEpochs: {
      value: Math.ceil(epochs.value / 3),
      reason: 'The last third trains with the masks held, so that the network adapts to what is left.',
    },
    groups: {
      value: 'coupled',
      reason: 'Layers that a shortcut joins have one mask, so that their filters really go from the compact network.',
    },
    batchNorm: network.hasBatchNorm
      ? {
          value: 'zero',
          reason:
            'Pruned filters leave no constant behind: the compact network needs no corrections, and settling is quicker.',
        }
      : null,
  };
}

/** Images that a fine-tuning sees in all: 40 epochs of CIFAR-10, a fifth of what the paper gives to random weights. */
const imagesSeen = 2_000_000;
const [fewestEpochs, mostEpochs] = [10, 100];
/** Of a network with more parameters for each image than these, which learns few images by heart. */
const manyParameters = 1000;
const mostEpochsByHeart = 30;

function epochsFor({ parameters }: TrainedNetwork, images: number, isKnown: boolean): Proposed<number> {
  const byHeart = parameters > manyParameters * images;
  const most = byHeart ? mostEpochsByHeart : mostEpochs;
  const value = Math.min(most, Math.max(fewestEpochs, Math.round(imagesSeen / images)));
  if (!isKnown)
    return {
      value,
      reason: `Nobody has counted the images yet: this is for ${count(images)}. Take more epochs for fewer images, and fewer for more.`,
    };
  if (byHeart && value === most)
    return {
      value,
      reason: `${count(parameters)} parameters would learn ${count(images)} images by heart in many more epochs.`,
    };
  return {
    value,
    reason: `A trained network needs fewer than the paper's 200: ${value} passes over ${count(images)} images.`,
  };
}

/** Of the paper. */
const usualBatch = 128;
const smallestBatch = 16;
/** So many at least, or a few steps decide about an epoch and the pruning after it. */
const stepsAnEpoch = 50;

function batchSizeFor(images: number): Proposed<number> {
  const wanted = Math.min(usualBatch, Math.max(smallestBatch, images / stepsAnEpoch));
  // A part of the images is held out.
  const value = powerOfTwoUpTo(Math.max(1, Math.min(wanted, images * 0.8)));
  return value === usualBatch
    ? { value, reason: 'That of the paper. Take a smaller one if memory runs out, and smaller learning rates with it.' }
    : { value, reason: `Smaller than the paper's 128, so that ${count(images)} images make steps enough in an epoch.` };
}

function powerOfTwoUpTo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}

/** The highest of the paper for random weights, of which a trained network gets a tenth. */
const rateFromRandom = 0.1;
/** The paper divides by 5 after 60, 120 and 160 of its 200 epochs. */
const fallsAt = [0, 0.3, 0.6, 0.8];
const fall = 5;

function scheduleFor(
  { hasBatchNorm }: TrainedNetwork,
  epochs: number,
  batchSize: number,
): FineTuningRecipe['learningRateSchedule'] {
  const gentle = hasBatchNorm ? rateFromRandom / 10 : rateFromRandom / 100;
  const highest = (gentle * batchSize) / usualBatch;
  const steps = fallsAt.map((part, index) => ({
    epoch: Math.round(part * epochs),
    learningRate: Number((highest / fall ** index).toPrecision(3)),
  }));
  return {
    value: steps,
    reason: [
      'From trained weights the paper takes a tenth of its learning rates, which fall by 5 as here.',
      ...(hasBatchNorm ? [] : ['Without batch norms it is a hundredth, as nothing keeps activations in bounds.']),
      ...(batchSize < usualBatch ? [`They are smaller in proportion to the batch (${batchSize} of 128).`] : []),
    ].join(' '),
  };
}

function rateFor({ hasBatchNorm }: TrainedNetwork): Proposed<number> {
  return hasBatchNorm
    ? { value: 0.3, reason: 'The fraction of the filters of every layer that is pruned, as most often in the paper.' }
    : {
        value: 0.1,
        reason:
          'Few filters at a time: there are no batch norms that make up for those that are gone. Export unfolded to prune more.',
      };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
