import { dirname } from 'node:path';
import { UserError } from '../../base/errors';
import { hasOwnImages } from '../../config/dataName';
import type { DatasetInfo } from '../../data/dataset';
import { ownPath } from '../../data/own/ownPath';
import { datasetInfo } from '../../data/sets/datasetInfo';
import type { OwnData, RunManifest } from '../model/format';

/** What a run writes down of images of the user's own; nothing of a known data set. */
export function recordedData({ own, title, shape, classes, trainingCount, testCount, mean, std }: DatasetInfo) {
  if (own === undefined) return undefined;
  const { pixels, validationFrom, fingerprint, reading } = own;
  return {
    ...{ title, shape: { ...shape }, classes: [...classes], trainingCount, testCount, mean: [...mean], std: [...std] },
    ...{ pixels, validationFrom, fingerprint, reading },
  } satisfies OwnData;
}

/**
 * The data set of a run: a known one, or what the run has written down of the user's own. Throws a UserError where that is
 * missing.
 */
export function runDataset({ id, config, configFile, data }: RunManifest): DatasetInfo {
  if (!hasOwnImages(config.data)) return datasetInfo(config.data.dataset);
  if (data === undefined)
    throw new UserError(`The run.json of ${id} does not say what its images are, and is damaged: start a new run.`);
  const { pixels, validationFrom, fingerprint, reading, ...info } = data;
  const path = ownPath(config.data, configFile === null ? '' : dirname(configFile)) ?? '';
  return { ...info, name: info.title, own: { path, pixels, validationFrom, fingerprint, reading } };
}
