import type { DatasetInfo, DatasetName } from '../dataset';

const infos: Readonly<Record<DatasetName, DatasetInfo>> = {
  cifar10: {
    name: 'cifar10',
    title: 'CIFAR-10',
    shape: { channels: 3, height: 32, width: 32 },
    classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
    trainingCount: 50_000,
    testCount: 10_000,
    // The recipe of the SFP paper's released code.
    mean: [125.3, 123.0, 113.9],
    std: [63.0, 62.1, 66.7],
    sha256: '32e5966899bde482c0ef7d076bf69809b4b1488c806f657a814cfca4646ec493',
  },
  mnist: {
    name: 'mnist',
    title: 'MNIST',
    shape: { channels: 1, height: 28, width: 28 },
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    trainingCount: 60_000,
    testCount: 10_000,
    // Of the training images, rounded as those of CIFAR-10 are.
    mean: [33.3],
    std: [78.6],
    sha256: '06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16',
  },
};

/** What is known of a data set before it is downloaded. */
export function datasetInfo(name: DatasetName): DatasetInfo {
  return infos[name];
}
