import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors';
import type { Exportable } from '../../../src/export/exportable';
import { plainLogits } from '../../../src/export/plainLogits';
import { encodeTfjsNetwork } from '../../../src/export/tfjs';
import type { Layer, LayerGraph } from '../../../src/network/graph';
import {
  averagePool,
  conv,
  hardSigmoid,
  hardSwish,
  input,
  layerKinds,
  linear,
  maxPool,
  relu,
} from '../../../src/network/layers';
import { imageShape } from '../../../src/network/shapes';
import { buildNetwork } from '../../../src/network/zoo';
import { compactImage, compactResNet, lifelikeTensors, shareOfRange, someImages } from '../../fixtures/compactNetwork';
import { compactedResNet } from '../../fixtures/compactedResNet';
import { randomNetwork } from '../../fixtures/randomNetwork';

const about: Exportable['about'] = {
  title: 'A compact network',
  version: '1.2.3',
  input: { mean: [125.3, 123, 113.9], std: [63, 62.1, 66.7] },
  classes: ['cat', 'dog'],
  metadata: { run: 'r1' },
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The model as TensorFlow.js loads it from the two files. */
async function loaded(exportable: Exportable): Promise<tf.LayersModel> {
  const { model, weights } = encodeTfjsNetwork(exportable, 'weights.bin');
  const files = new Map([
    ['/model.json', model],
    ['/weights.bin', weights],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404, { 'content-type': 'application/json' }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await tf.loadLayersModel(`http://127.0.0.1:${port}/model.json`);
  } finally {
    server.close();
  }
}

async function tfjsLogits(graph: LayerGraph, seed: number, count: number, tensors = lifelikeTensors(graph, seed)) {
  const { channels, height, width } = imageShape(graph);
  const images = someImages(imageShape(graph), count, seed);
  const model = await loaded({ graph, tensors, about });
  const logits = tf.tidy(() => {
    const channelsLast = tf.transpose(tf.tensor4d(images, [count, channels, height, width]), [0, 2, 3, 1]);
    return (model.predict(channelsLast) as tf.Tensor).dataSync<'float32'>();
  });
  model.dispose();
  return { logits, wanted: plainLogits(graph, tensors, images, count) };
}

/** Null for a network that is refused in a sentence. */
function onlyRefusal(error: unknown): null {
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(/^Layer "[^"]+" is an? .*: TensorFlow\.js has no layer for it\./);
  return null;
}

const ofThree = { size: 3, stride: 2, padding: 1 };
const inside = { ...ofThree, countsPadding: false };

describe('a network in TensorFlow.js', () => {
  it.each([compactResNet, buildNetwork('resnet20', compactImage, 10)])('gives the logits of $name', async (graph) => {
    const { logits, wanted } = await tfjsLogits(graph, 1, 3);
    expect(logits).toHaveLength(30);
    expect(shareOfRange(logits, wanted)).toBeLessThan(1e-4);
  });

  it('gives the logits of the masked network when it is compacted', async () => {
    const { masked, compaction } = compactedResNet('resnet20');
    const { logits } = await tfjsLogits(compaction.graph, 1, 3, compaction.tensors);
    const wanted = plainLogits(compaction.dense, masked, someImages(compactImage, 3, 1), 3);
    expect(shareOfRange(logits, wanted)).toBeLessThan(1e-4);
  });

  it('gives the logits of any network, or says which layer TensorFlow.js lacks', async () => {
    const seen = new Map<Layer['kind'], number>();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(randomNetwork, fc.integer({ min: 1, max: 1000 }), async (graph, seed) => {
        const result = await tfjsLogits(graph, seed, 2).catch(onlyRefusal);
        if (result === null) {
          refused += 1;
          return;
        }
        for (const { kind } of graph.layers) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        expect(shareOfRange(result.logits, result.wanted)).toBeLessThan(1e-4);
      }),
      { numRuns: 120 },
    );
    expect(refused).toBeGreaterThan(0);
    const known = Object.keys(layerKinds).filter((kind) => kind !== 'hardSigmoid' && kind !== 'hardSwish');
    expect([...seen.keys()].sort()).toEqual(known.sort());
  });

  const image = input('input', { channels: 4, height: 5, width: 6 });
  const end = (from: string) => linear('classifier', from, 3);

  it.each<[string, Layer[], RegExp]>([
    ['a hard sigmoid', [hardSigmoid('gate', 'input')], /^Layer "gate" is a hard sigmoid, .*Export the network as ONNX/],
    ['a hard swish', [hardSwish('gate', 'input')], /^Layer "gate" is a hard swish: TensorFlow\.js has no layer for it/],
    ['groups', [conv('gate', 'input', 4, { groups: 2 })], /^Layer "gate" is a convolution in 2 groups/],
    [
      'max pooling of padded negative values',
      [maxPool('gate', 'input', { size: 3, stride: 2, padding: 1 })],
      /^Layer "gate" is a max pooling with padding of values that may be negative/,
    ],
    [
      'a mean that leaves out padding',
      [averagePool('gate', 'input', { size: 3, stride: 2, padding: 1, countsPadding: false })],
      /^Layer "gate" is an average pooling whose mean leaves out padding/,
    ],
  ])('refuses %s in a sentence', (_, layers, sentence) => {
    const graph = { name: 'refused', layers: [image, ...layers, end('gate')] };
    const encoding = () => encodeTfjsNetwork({ graph, tensors: lifelikeTensors(graph), about }, 'weights.bin');
    expect(encoding).toThrow(UserError);
    expect(encoding).toThrow(sentence);
  });

  it.each<[string, Layer[]]>([
    ['max pooling of padded values behind a relu', [relu('relu', 'input'), maxPool('pool', 'relu', ofThree)]],
    ['max pooling around each pixel', [maxPool('pool', 'input', { ...ofThree, stride: 1 })]],
    ['a mean of the image alone around each pixel', [averagePool('pool', 'input', { ...inside, stride: 1 })]],
    ['a depthwise convolution with dilation', [conv('pool', 'input', 8, { groups: 4, dilation: 2, bias: true })]],
    ['a convolution with stride and dilation', [conv('pool', 'input', 5, { stride: 2, dilation: 2 })]],
  ])('has %s', async (_, layers) => {
    const { logits, wanted } = await tfjsLogits({ name: 'had', layers: [image, ...layers, end('pool')] }, 3, 2);
    expect(shareOfRange(logits, wanted)).toBeLessThan(1e-5);
  });

  it('keeps names, and tells how images are normalised', async () => {
    const model = await loaded({ graph: compactResNet, tensors: lifelikeTensors(compactResNet), about });
    expect(model.getLayer('stage2.block1.conv1').getClassName()).toBe('Conv2D');
    expect(model.inputs[0]?.shape).toEqual([null, 8, 8, 3]);
    expect(model.getUserDefinedMetadata()).toEqual({
      run: 'r1',
      title: 'A compact network',
      input: { mean: [125.3, 123, 113.9], std: [63, 62.1, 66.7] },
      classes: ['cat', 'dog'],
    });
    model.dispose();
  });
});
