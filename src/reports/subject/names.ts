import { dataName, hasOwnImages } from '../../config/dataName';
import { networkName } from '../../config/networkName';
import { datasetInfo } from '../../data/sets/datasetInfo';
import type { RunHistory } from '../../runs/model/history';

/** `resnet20`. */
export function networkOf({ manifest: { config } }: RunHistory): string {
  return networkName(config.model);
}

/** `CIFAR-10`. */
export function dataTitleOf({ manifest: { config, data } }: RunHistory): string {
  if (!hasOwnImages(config.data)) return datasetInfo(config.data.dataset).title;
  return data?.title ?? dataName(config.data);
}

/** By what the images can be told from others; null where nothing is recorded. */
export function fingerprintOf({ manifest: { config, data } }: RunHistory): string | null {
  if (hasOwnImages(config.data)) return data?.fingerprint ?? null;
  const { sha256 } = datasetInfo(config.data.dataset);
  return sha256 && `SHA-256 ${sha256}`;
}

/** What some runs say, each thing once, in their order. */
export function distinct(runs: readonly RunHistory[], told: (run: RunHistory) => string | null): string[] {
  return [...new Set(runs.map(told))].filter((text) => text !== null && text !== '') as string[];
}
