import { UserError } from '../../base/errors';

/** How a config normalises images of the user's own; an empty list means the usual. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Of ImageNet, on a scale on which white is 1: red, green and blue, as everybody has them. */
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** Of its pictures in grey. */
const grey = { mean: [0.449], std: [0.226] };
const asTheyAre = { mean: [0], std: [1] };

/**
 * Mean and standard deviation by channel, on the scale of the pixels. Throws a UserError when a config gives as many values as
 * there are neither channels nor one.
 */
export function channelScale(
  { mean, std }: Normalisation,
  channels: number,
  pixels: 'bytes' | 'floats',
  path: string,
): { mean: number[]; std: number[] } {
  const usual = pixels === 'floats' ? asTheyAre : channels === 3 ? imagenet : grey;
  const white = pixels === 'floats' ? 1 : 255;
  const scaled = (given: readonly number[], otherwise: readonly number[], setting: string): number[] => {
    const values = given.length > 0 ? given : otherwise;
    if (values.length !== 1 && values.length !== channels)
      throw new UserError(
        `${setting} has ${values.length} values, but the images of ${path} have ${channels} channel${channels === 1 ? '' : 's'}: give one value, or one a channel.`,
      );
    return Array.from({ length: channels }, (_, channel) => white * (values[channel] ?? values[0]!));
  };
  return { mean: scaled(mean, usual.mean, 'data.mean'), std: scaled(std, usual.std, 'data.std') };
}
