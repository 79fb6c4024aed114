import type { KnownDatasetInfo, DatasetName } from '../dataset';

/** The fine labels, as the archive's `fine_label_names.txt` has them. */
const cifar100Classes = [
  'apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly',
  'camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup',
  'dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower',
  'leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid',
  'otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray',
  'road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar',
  'sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle',
  'wardrobe whale willow_tree wolf woman worm',
].flatMap((line) => line.split(' '));

const infos: Readonly<Record<DatasetName, KnownDatasetInfo>> = {
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
  cifar100: {
    name: 'cifar100',
    title: 'CIFAR-100',
    shape: { channels: 3, height: 32, width: 32 },
    classes: cifar100Classes,
    trainingCount: 50_000,
    testCount: 10_000,
    // The recipe of the SFP paper's released code.
    mean: [129.3, 124.1, 112.4],
    std: [68.2, 65.4, 70.4],
    sha256: null,
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
  'fashion-mnist': {
    name: 'fashion-mnist',
    title: 'Fashion-MNIST',
    shape: { channels: 1, height: 28, width: 28 },
    classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    trainingCount: 60_000,
    testCount: 10_000,
    // Of the training images: 0.2860 and 0.3530 of 255, as everybody rounds them.
    mean: [72.9],
    std: [90.0],
    sha256: null,
  },
};

/** What is known of a data set before it is downloaded. */
export function datasetInfo(name: DatasetName): KnownDatasetInfo {
  return infos[name];
}
