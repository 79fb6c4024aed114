import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer, LayerGraph } from '../../../src/network/graph';
import {
  add,
  batchNorm,
  concat,
  conv,
  globalAveragePool,
  input,
  linear,
  multiply,
  relu,
  sigmoid,
} from '../../../src/network/layers';
import { networkOutline, type OutlineNode } from '../../../src/network/outline';
import { buildNetwork } from '../../../src/network/zoo';
import { importedFile, pytorchFile } from '../../fixtures/importedOnnx';
import { randomNetwork } from '../../fixtures/randomNetwork';

const images = input('images', { channels: 4, height: 8, width: 8 });

/** Each node as `name+companions < what it reads`. */
function told(layers: readonly Layer[]): string[] {
  const outline = networkOutline({ name: 'small', layers });
  return outline.map(({ layers: own, reads }) => {
    const read = reads.map((place) => outline[place]!.main.name);
    return own.map(({ name }) => name).join('+') + (read.length > 0 ? ` < ${read.join(', ')}` : '');
  });
}

describe('the outline of a network', () => {
  it('of a ResNet has a node for every convolution with what follows it, and for every sum', () => {
    const outline = networkOutline(buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10));
    const count = (kind: Layer['kind']): number => outline.filter(({ main }) => main.kind === kind).length;
    expect([count('conv'), count('add'), count('subsamplePad')]).toEqual([19, 9, 2]);
    const kinds = ({ layers }: OutlineNode): string[] => layers.map(({ kind }) => kind);
    expect(outline.slice(0, 5).map(kinds)).toEqual([
      ['input'],
      ['conv', 'batchNorm', 'relu'],
      ['conv', 'batchNorm', 'relu'],
      ['conv', 'batchNorm'],
      ['add', 'relu'],
    ]);
    expect(outline[4]!.reads.toSorted()).toEqual([1, 3]);
    expect(outline.length).toBe(1 + 19 + 9 + 2 + 2);
  });

  it('puts normalisation in front of a convolution to it where the sum before is read by others too', () => {
    const layers = [
      images,
      conv('first', 'images', 4),
      batchNorm('norm', 'first'),
      relu('relu', 'norm'),
      conv('second', 'relu', 4),
      add('sum', 'second', 'first'),
      linear('fc', 'sum', 2),
    ];
    expect(told(layers)).toEqual([
      'images',
      'first < images',
      'norm+relu+second < first',
      'sum < second, first',
      'fc < sum',
    ]);
  });

  it('leaves what two layers read a node of its own', () => {
    const layers = [
      images,
      conv('first', 'images', 4),
      relu('relu', 'first'),
      conv('second', 'relu', 4),
      batchNorm('shared', 'second'),
      conv('one', 'shared', 4),
      conv('other', 'shared', 4),
      add('sum', 'one', 'other', 'second'),
    ];
    expect(told(layers)).toEqual([
      'images',
      'first+relu < images',
      'second < first',
      'shared < second',
      'one < shared',
      'other < shared',
      'sum < one, other, second',
    ]);
  });

  it('of squeeze-and-excitation has the gate with its second layer', () => {
    const layers = [
      images,
      conv('first', 'images', 4),
      relu('relu', 'first'),
      globalAveragePool('squeezed', 'relu'),
      conv('down', 'squeezed', 2, { size: 1 }),
      relu('act', 'down'),
      conv('up', 'act', 4, { size: 1 }),
      sigmoid('gate', 'up'),
      multiply('product', 'relu', 'gate'),
    ];
    expect(told(layers)).toEqual([
      'images',
      'first+relu < images',
      'squeezed < first',
      'down+act < squeezed',
      'up+gate < down',
      'product < first, up',
    ]);
  });

  it('of a DenseNet links each concatenation to the one that it goes on from', () => {
    const layers = denseBlock(3);
    expect(told(layers)).toEqual([
      'images',
      'conv0 < images',
      'conv1 < conv0',
      'all1 < conv0, conv1',
      'norm2+conv2 < all1',
      'all2 < all1, conv2',
      'norm3+conv3 < all2',
      'all3 < all2, conv3',
    ]);
    const deep = networkOutline({ name: 'deep', layers: denseBlock(200) });
    expect(deep.flatMap(({ reads }) => reads).length).toBeLessThan(3 * deep.length);
  });

  it('of an imported DenseNet has a node for each of its convolutions and concatenations', async () => {
    const { graph } = await importedFile(pytorchFile('dense', 'newer'));
    const outline = networkOutline(graph!);
    const names = (kind: Layer['kind']) => graph!.layers.filter((layer) => layer.kind === kind).map(({ name }) => name);
    for (const kind of ['conv', 'concat'] as const)
      expect(outline.filter(({ main }) => main.kind === kind).map(({ main }) => main.name)).toEqual(names(kind));
    expect(outline.length).toBeLessThan(0.6 * graph!.layers.length);
  });

  it('has every layer once, in nodes that are chains and read what stands before them', () => {
    fc.assert(fc.property(randomNetwork, expectOutline));
  });
});

/** Convolutions that read all before them, each by a concatenation of its own. */
function denseBlock(depth: number): Layer[] {
  const layers: Layer[] = [images, conv('conv0', 'images', 4), conv('conv1', 'conv0', 4)];
  for (let step = 1; step <= depth; step++) {
    const features = Array.from({ length: step + 1 }, (_, index) => `conv${index}`);
    layers.push(concat(`all${step}`, ...features));
    if (step === depth) break;
    const next = step + 1;
    layers.push(batchNorm(`norm${next}`, `all${step}`), conv(`conv${next}`, `norm${next}`, 4));
  }
  return layers;
}

function expectOutline(graph: LayerGraph): void {
  const outline = networkOutline(graph);
  const names = outline.flatMap(({ layers }) => layers.map(({ name }) => name));
  expect(names.toSorted()).toEqual(graph.layers.map(({ name }) => name).toSorted());
  for (const [place, { main, layers, reads }] of outline.entries()) {
    expect(layers).toContain(main);
    for (const [index, { inputs }] of layers.entries())
      if (index > 0) expect(new Set(inputs)).toEqual(new Set([layers[index - 1]!.name]));
    for (const read of reads) expect(read).toBeLessThan(place);
  }
}
