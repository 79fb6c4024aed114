import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { About } from '../../../../src/export/exportable';
import { plainLogits } from '../../../../src/export/plainLogits';
import { pytorchClass } from '../../../../src/export/pytorch/pytorchClass';
import { decodeSafetensors } from '../../../../src/formats/safetensors';
import type { Layer, LayerGraph } from '../../../../src/network/graph';
import {
  add,
  batchNorm,
  conv,
  globalAveragePool,
  input,
  linear,
  relu,
  subsamplePad,
} from '../../../../src/network/layers';
import { parameterSpecs, statisticSpecs } from '../../../../src/network/parameters';
import { buildNetwork } from '../../../../src/network/zoo';
import { compactImage, compactResNet, shareOfRange } from '../../../fixtures/compactNetwork';
import { everyKind } from '../../../fixtures/everyKind';

const files = { module: 'resnet8Compact', weights: 'resnet8Compact.safetensors' };
const about: About = {
  title: 'A compact ResNet-8 for tests',
  version: '0',
  input: { mean: [125.3, 123, 113.9], std: [63, 62.1, 66.7] },
  classes: ['cat', 'dog'],
  metadata: {},
};

/** makeCompactNetwork.py runs the classes in PyTorch and makes the tensors; `vitest --update` writes the classes anew. */
const fixture = new URL('../../../fixtures/pytorch/', import.meta.url);

describe.each([
  ['A compact ResNet-8', 'resnet8Compact', compactResNet],
  ['A network with layers of every kind', 'everyKind', everyKind],
])('the PyTorch class: %s', (title, name, graph) => {
  it('is the one that PyTorch was asked with', async () => {
    const classFile = fileURLToPath(new URL(`${name}.py`, fixture));
    const written = pytorchClass(
      graph,
      { ...about, title: `${title} for tests` },
      { module: name, weights: `${name}.safetensors` },
    );
    await expect(written).toMatchFileSnapshot(classFile);
  });

  it('gives in PyTorch the logits that the network gives here, with tensors of our names', () => {
    const tensors = decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, fixture)), 'fixture');
    const { images, logits } = { images: tensors.get('images')!, logits: tensors.get('logits')! };
    const ours = plainLogits(graph, tensors, images.data, images.shape[0]!);
    expect(shareOfRange(ours, logits.data)).toBeLessThan(1e-5);
    const specs = [...parameterSpecs(graph), ...statisticSpecs(graph)];
    const shapes = Object.fromEntries(specs.map(({ name, shape }) => [name, shape]));
    const inPytorch = [...tensors].filter(([name]) => name !== 'images' && name !== 'logits');
    expect(Object.fromEntries(inPytorch.map(([name, { shape }]) => [name, shape]))).toEqual(shapes);
  });
});

describe('the PyTorch class', () => {
  const textOf = (graph: LayerGraph, changes: Partial<About> = {}) =>
    pytorchClass(graph, { ...about, ...changes }, files);

  it('says once what blocks have in common', () => {
    const text = textOf(buildNetwork('resnet56', compactImage, 10));
    expect(text.match(/^class \w+/gm)).toEqual([
      'class SubsamplePad',
      'class Stem',
      'class Block',
      'class Block2',
      'class Resnet56',
    ]);
    expect(text).toContain('self.stage3.block9 = Block(inputs=64, conv1_filters=64, conv2_filters=64)');
    expect(text).not.toMatch(/^import torch$/m);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(121);
  });

  it('counts channels and features where shortcuts append some', () => {
    const end = (name: string, appended: number): Layer[] => [
      subsamplePad(`${name}.shortcut`, 'input', 4, appended),
      batchNorm(`${name}.bn`, `${name}.shortcut`),
      linear(`${name}.linear`, `${name}.bn`, 10),
    ];
    const layers = [input('input', compactImage), ...end('a', 1), ...end('b', 2), add('sum', 'a.linear', 'b.linear')];
    const shared = textOf({ name: 'two', layers });
    expect(shared).toContain('self.bn = nn.BatchNorm2d(3 + shortcut_appended)');
    expect(shared).toContain('self.linear = nn.Linear((3 + shortcut_appended) * 4, 10)');
    const alone = textOf({ name: 'one', layers: [input('input', compactImage), ...end('a', 1)] });
    expect(alone).toContain('self.linear = nn.Linear(4 * 4, 10)');
  });

  it('keeps names that are no identifiers, and lets none of them do anything else', () => {
    const name = '0.for"""\nimport os';
    const graph: LayerGraph = {
      name: '8 "bits"',
      layers: [
        input('input', compactImage),
        conv(name, 'input', 4),
        relu('features.1', name),
        globalAveragePool('pool', 'features.1'),
        linear('lambda', 'pool', 10),
      ],
    };
    const text = textOf(graph, { title: 'a """title\nimport os\\', classes: ['"""', '\n'] });
    expect(text).toContain(String.raw`self.get_submodule("0").add_module("for\"\"\"\nimport os", nn.Conv2d(3, 4, 3,`);
    expect(text).toContain('lambda_ = self.get_submodule("lambda")(pool.flatten(1))');
    expect(text).toContain("a '''title import os/.");
    expect(text).toContain('class _8Bits(nn.Module):');
    expect(text.match(/"""/g)).toHaveLength(4);
    expect(text).not.toMatch(/^import os/m);
  });
});
