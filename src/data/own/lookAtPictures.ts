import { basename } from 'node:path';
import type { RunConfig } from '../../config/schema';
import type { DatasetInfo } from '../dataset';
import { listPictures, type PictureFolder } from './listPictures';
import { channelScale } from './normalisation';

/** What a config says of a folder of pictures. */
export type PictureWish = Pick<RunConfig['data'], 'mean' | 'std' | 'size' | 'channels'>;

/** What a folder of pictures is for a network. Throws a UserError as `listPictures` does. */
export async function lookAtPictures(path: string, wish: PictureWish): Promise<DatasetInfo> {
  return pictureInfo(path, await listPictures(path), wish);
}

/** As `lookAtPictures`, of a folder that was listed. */
export function pictureInfo(path: string, folder: PictureFolder, wish: PictureWish): DatasetInfo {
  const { classes, training, test, validationFrom, fingerprint } = folder;
  const { size, channels } = wish;
  return {
    name: basename(path),
    title: basename(path),
    shape: { channels, height: size, width: size },
    classes,
    trainingCount: training.files.length,
    testCount: test.files.length,
    ...channelScale(wish, channels, 'bytes', path),
    own: { path, pixels: 'bytes', validationFrom, fingerprint, reading: readingOf(folder, wish) },
  };
}

function readingOf(
  { classes, training, validationFrom, test, isTestSplit, links }: PictureFolder,
  wish: PictureWish,
): string {
  const held = validationFrom === null ? '' : `, ${training.files.length - validationFrom} validation`;
  const trained = validationFrom ?? training.files.length;
  const parts = `${trained} training${held} and ${test.files.length} test pictures`;
  const from = isTestSplit ? ' (split off the training pictures)' : '';
  const unfollowed = links === 0 ? '' : `; ${links} link${links === 1 ? ' is' : 's are'} not followed`;
  return `${classes.length} classes; ${parts}${from}; ${wish.channels === 1 ? 'grey' : 'colour'}, ${wish.size} x ${wish.size}${unfollowed}`;
}
