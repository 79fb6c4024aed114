import { datasets, pictureSides } from '../config/choices';
import { datasetInfo } from '../data/sets/datasetInfo';
import { shapeInWords } from '../network/layers/shape';
import type { Shape } from '../network/graph';
import type { Proposed } from './fineTuningRecipe';

/** Settings of `data`. */
export type ProposedData =
  | { readonly dataset: string }
  | { readonly folder: string; readonly size: number; readonly channels: 1 | 3 }
  | { readonly arrays: string };

/** Data that a network may be for, and how many training images it has; null where nobody knows yet. */
export interface DataProposal {
  readonly data: Proposed<ProposedData>;
  readonly trainingImages: number | null;
}

/** The data that networks for such images and so many classes may be for, without a look at any. */
export function proposedData(images: Shape, classes: number): DataProposal {
  const fitting = datasets
    .map(datasetInfo)
    .filter((known) => known.classes.length === classes && shapeInWords(known.shape) === shapeInWords(images));
  const [first, ...others] = fitting;
  if (first) {
    const or = others.map(({ name }) => ` or "${name}"`).join('');
    const reason = `The network is for images of ${shapeInWords(images)} in ${classes} classes: "${first.name}"${or}, or your own ("folder", "arrays").`;
    return { data: { value: { dataset: first.name }, reason }, trainingImages: first.trainingCount };
  }
  return { data: ownData(images, classes), trainingImages: null };
}

function ownData({ channels, height, width }: Shape, classes: number): Proposed<ProposedData> {
  const isPicture = height === width && height >= pictureSides.least && height <= pictureSides.most;
  if (isPicture && (channels === 1 || channels === 3))
    return {
      value: { folder: './images', size: height, channels },
      reason: `Put your pictures there as train/CLASS/ with ${classes} classes, or name the folder where they are.`,
    };
  const shape = shapeInWords({ channels, height, width });
  return {
    value: { arrays: './images.npz' },
    reason: `Name the file with your images of ${shape} in ${classes} classes: x_train, y_train, x_test, y_test.`,
  };
}
