import { dataName, hasOwnImages } from '../../src/config/dataName';
import { networkName } from '../../src/config/networkName';
import { criteria } from '../../src/pruning/criteria';
import type { RunHistory } from '../../src/runs/model/history';
import { percent } from './numbers';

/** One line of what the runs have in common: network, data, pruning, recipe, device. What differs is left out. */
export function sharedSettings(runs: readonly RunHistory[]): string {
  const common = (tell: (run: RunHistory) => string): string[] => {
    const told = new Set(runs.map(tell));
    return told.size === 1 ? [...told] : [];
  };
  return [
    ...common(({ manifest: { config } }) => `${networkName(config.model)} on ${datasetTitle(config.data)}`),
    ...common(({ manifest: { config } }) => `${percent(config.pruning.rate, 0)} of the filters pruned`),
    ...common(({ manifest: { config } }) => criteria[config.pruning.criterion].title),
    ...common(({ manifest: { config } }) => `seed ${config.training.seed}`),
    ...common(({ manifest: { engine } }) => (engine ? `${engine.name}, ${engine.device}` : '')),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function datasetTitle(data: RunHistory['manifest']['config']['data']): string {
  return hasOwnImages(data) ? dataName(data) : datasetNames[data.dataset];
}

const datasetNames: Readonly<Record<RunHistory['manifest']['config']['data']['dataset'], string>> = {
  cifar10: 'CIFAR-10',
  cifar100: 'CIFAR-100',
  mnist: 'MNIST',
  'fashion-mnist': 'Fashion-MNIST',
};
