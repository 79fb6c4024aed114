import { describe, expect, it } from 'vitest';
import { misfit } from '../../../../../src/engines/onnxruntime/blocked/misfit';
import type { Layer, LayerGraph } from '../../../../../src/network/graph';
import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  input,
  linear,
  maxPool,
  multiply,
  relu,
  sigmoid,
  subsamplePad,
} from '../../../../../src/network/layers';
import { buildNetwork } from '../../../../../src/network/zoo';

const [batch, block] = [32, 16];

/** Layers behind a convolution `first` of 20 filters on images of 3 channels, and what makes logits of the last of them. */
function networkOf(layers: readonly Layer[], side = 12): LayerGraph {
  const all = [input('images', { channels: 3, height: side, width: side }), conv('first', 'images', 20), ...layers];
  const last = all.at(-1)!.name;
  return { name: 'net', layers: [...all, globalAveragePool('pool', last), linear('classifier', 'pool', 2)] };
}

/** As `networkOf` without a pooling. */
function unpooled(...layers: readonly Layer[]): LayerGraph {
  return { name: 'net', layers: [...networkOf([]).layers.slice(0, 2), ...layers] };
}

/** With a second convolution that reads the images. */
const readsImages = (options: Parameters<typeof conv>[3]) => networkOf([conv('deep', 'images', 16, options)]);

const gate = [globalAveragePool('squeeze', 'first'), conv('excite', 'squeeze', 20, { size: 1 })];

describe('a network fits blocks', () => {
  const cifar = { channels: 3, height: 32, width: 32 };
  it.each(['resnet20', 'resnet50', 'vgg16', 'mobilenetv2'])('as those of the zoo do: %s', (arch) => {
    expect(misfit(buildNetwork(arch, cifar, 10), batch, block)).toBeNull();
  });

  it('with concatenations of any width, strides that divide, and poolings of any kind', () => {
    const layers = [
      conv('wide', 'first', 7, { stride: 2 }),
      conv('narrow', 'first', 5, { stride: 2 }),
      concat('both', 'wide', 'narrow'),
      maxPool('max', 'both', { size: 3, stride: 2, padding: 1 }),
      averagePool('mean', 'max'),
      dropout('drop', 'mean', 0.5),
    ];
    expect(misfit(networkOf(layers), batch, block)).toBeNull();
  });

  it('with convolutions of any kind behind the first', () => {
    const layers = [
      conv('deep', 'first', 16, { dilation: 2 }),
      conv('split', 'deep', 20, { groups: 4 }),
      conv('more', 'split', 5, { groups: 5 }),
      conv('wide', 'more', 16, { padding: 3 }),
      conv('uneven', 'wide', 16, { stride: 5 }),
    ];
    expect(misfit(networkOf(layers), batch, block)).toBeNull();
  });

  it('with gates, and any layers behind a pooling', () => {
    const layers = [
      ...gate,
      sigmoid('factors', 'excite'),
      multiply('scaled', 'first', 'factors'),
      conv('places', 'scaled', 20),
      hardSigmoid('gate', 'places'),
      multiply('through', 'scaled', 'gate'),
      globalMaxPool('largest', 'through'),
      batchNorm('bn', 'largest'),
      relu('relu', 'bn'),
    ];
    expect(misfit(networkOf(layers), batch, block)).toBeNull();
  });
});

describe('what does not fit is said of the first layer that is in the way', () => {
  const images = { channels: 16, height: 12, width: 12 };
  it.each<[string, LayerGraph]>([
    ['short has a stride of 2 that does not divide 33', networkOf([subsamplePad('short', 'first', 2, 4)], 33)],
    ['deep has a dilation of 2', readsImages({ dilation: 2 })],
    ['deep has a stride of 5 that does not divide 12', readsImages({ stride: 5 })],
    ['deep has a padding of 3 that does not go with its kernel and stride', readsImages({ padding: 3 })],
    [
      'sum adds channels that lie in different places',
      networkOf([concat('both', 'first', 'first'), conv('wide', 'first', 40), add('sum', 'both', 'wide')]),
    ],
    [
      'scaled multiplies channels that lie in different places',
      networkOf([concat('both', 'first', 'first'), conv('wide', 'first', 40), multiply('scaled', 'wide', 'both')]),
    ],
    [
      'sum reads images together with what was pooled over whole images or flattened',
      networkOf([conv('one', 'first', 20, { size: 12, padding: 0 }), ...gate, add('sum', 'one', 'excite')], 12),
    ],
    [
      'scaled reads images together with what was pooled over whole images or flattened',
      networkOf([...gate, conv('one', 'first', 20, { size: 12, padding: 0 }), multiply('scaled', 'excite', 'one')], 12),
    ],
    ['classifier reads images that are not flattened', unpooled(linear('classifier', 'first', 2))],
    ['logits ends with images that are not flattened', unpooled(conv('logits', 'first', 2))],
    ['bn reads the images themselves', networkOf([batchNorm('bn', 'images'), conv('again', 'bn', 8)])],
    ['drop drops pixels of the images', networkOf([dropout('drop', 'images', 0.2), conv('again', 'drop', 8)])],
    [
      'images has 16 channels, enough to fill a block of 16',
      { name: 'net', layers: [input('images', images), conv('c', 'images', 16)] },
    ],
  ])('%s', (said, graph) => {
    expect(misfit(graph, batch, block)).toBe(said);
  });

  it('or of the batch', () => {
    expect(misfit(networkOf([]), 100, block)).toBe('a batch of 100 is no whole number of blocks of 16');
  });

  it('and not of layers that are flat already', () => {
    const layers = [
      flatten('flat', 'first'),
      linear('hidden', 'flat', 7),
      dropout('drop', 'hidden', 0.5),
      linear('fc', 'drop', 2),
    ];
    expect(misfit(unpooled(...layers), batch, block)).toBeNull();
  });
});
