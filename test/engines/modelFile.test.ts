import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { openModelFile } from '../../src/engines/onnxruntime/modelFile';
import type { About } from '../../src/export/exportable';
import { encodeOnnxNetwork } from '../../src/export/onnx';
import { plainLogits } from '../../src/export/plainLogits';
import type { TensorMap } from '../../src/formats/tensor';
import type { LayerGraph } from '../../src/network/graph';
import { averagePool, input, layerKinds, linear, maxPool, pad } from '../../src/network/layers';
import { parameterSpecs } from '../../src/network/parameters';
import { imageShape } from '../../src/network/shapes';
import { buildNetwork } from '../../src/network/zoo';
import { compactImage, compactResNet, lifelikeTensors, shareOfRange, someImages } from '../fixtures/compactNetwork';
import { compactedResNet } from '../fixtures/compactedResNet';
import { everyKind } from '../fixtures/everyKind';
import { randomNetwork } from '../fixtures/randomNetwork';
import { everyLayer } from './everyLayer';

const about: About = { title: 'A test', version: '0', input: { mean: [0], std: [1] }, classes: [], metadata: {} };

async function fileLogits(graph: LayerGraph, tensors: TensorMap, images: Float32Array, count: number) {
  const file = await openModelFile(encodeOnnxNetwork({ graph, tensors, about }), { threads: 1 });
  try {
    return await file.predict(images, count);
  } finally {
    await file.dispose();
  }
}

async function engineLogits(graph: LayerGraph, tensors: TensorMap, images: Float32Array, count: number) {
  const engine = await onnxruntimeEngine({ threads: 1 });
  const options = { batchSize: count, optimizer: { momentum: 0, nesterov: false, weightDecay: 0 } };
  const compiled = await engine.compile(graph, options);
  const names = new Set(parameterSpecs(graph).map(({ name }) => name));
  const parameters = new Map([...tensors].filter(([name]) => names.has(name)));
  const momenta = new Map(
    [...parameters].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]),
  );
  await compiled.writeState({
    parameters,
    momenta,
    statistics: new Map([...tensors].filter(([name]) => !names.has(name))),
  });
  try {
    return await compiled.predict({ images, count, labels: new Int32Array(count) });
  } finally {
    await compiled.dispose();
  }
}

describe('the logits of an ONNX file in onnxruntime', () => {
  it.each([buildNetwork('resnet20', compactImage, 10), everyLayer(compactImage, 10)])(
    'are those of the engine that trained the network: $name',
    async (graph) => {
      const tensors = lifelikeTensors(graph);
      const images = someImages(imageShape(graph), 5);
      const logits = await fileLogits(graph, tensors, images, 5);
      expect(shareOfRange(logits, await engineLogits(graph, tensors, images, 5))).toBeLessThan(1e-5);
      expect(shareOfRange(logits, plainLogits(graph, tensors, images, 5))).toBeLessThan(1e-5);
    },
  );

  it.each([1, 2, 9])('are those of plain arithmetic for a compact network and %i images', async (count) => {
    const tensors = lifelikeTensors(compactResNet);
    const images = someImages(compactImage, count);
    const logits = await fileLogits(compactResNet, tensors, images, count);
    expect(logits).toHaveLength(10 * count);
    expect(shareOfRange(logits, plainLogits(compactResNet, tensors, images, count))).toBeLessThan(1e-5);
  });

  it('are those of the masked network when it is compacted', async () => {
    const { masked, compaction } = compactedResNet('resnet56');
    const images = someImages(compactImage, 5);
    const logits = await fileLogits(compaction.graph, compaction.tensors, images, 5);
    expect(shareOfRange(logits, plainLogits(compaction.dense, masked, images, 5))).toBeLessThan(1e-5);
  });

  it('are those of plain arithmetic for layers of every kind', async () => {
    const tensors = lifelikeTensors(everyKind);
    const images = someImages(imageShape(everyKind), 3);
    const logits = await fileLogits(everyKind, tensors, images, 3);
    expect(shareOfRange(logits, plainLogits(everyKind, tensors, images, 3))).toBeLessThan(1e-5);
  });

  it.each(['max', 'average'])('count zeros around an image as values of it in the %s of a window', async (kind) => {
    // onnxruntime's optimiser takes them for the padding of the pooling: less than every value, or too wide for it.
    const pool = kind === 'max' ? maxPool('pool', 'pad', { size: 2 }) : averagePool('pool', 'pad', { size: 2 });
    const margin = kind === 'max' ? 1 : 2;
    const layers = [
      input('input', compactImage),
      pad('pad', 'input', { top: margin, left: margin, bottom: margin, right: margin }),
      pool,
      linear('classifier', 'pool', 10),
    ];
    const graph = { name: 'padded', layers };
    const tensors = lifelikeTensors(graph);
    const images = someImages(compactImage, 2);
    const logits = await fileLogits(graph, tensors, images, 2);
    expect(shareOfRange(logits, plainLogits(graph, tensors, images, 2))).toBeLessThan(1e-5);
  });

  it('are those of plain arithmetic for any network', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(randomNetwork, fc.integer({ min: 1, max: 1000 }), async (graph, seed) => {
        for (const { kind } of graph.layers) seen.add(kind);
        const tensors = lifelikeTensors(graph, seed);
        const images = someImages(imageShape(graph), 2, seed);
        const logits = await fileLogits(graph, tensors, images, 2);
        expect(shareOfRange(logits, plainLogits(graph, tensors, images, 2))).toBeLessThan(1e-4);
      }),
      { numRuns: 150 },
    );
    expect([...seen].sort()).toEqual(Object.keys(layerKinds).sort());
  });
});

describe('an opened model', () => {
  it('tells its images and refuses too few of them', async () => {
    const graph = compactResNet;
    const file = await openModelFile(encodeOnnxNetwork({ graph, tensors: lifelikeTensors(graph), about }));
    expect(file.imageExtents).toEqual([3, 8, 8]);
    await expect(file.predict(new Float32Array(191), 1)).rejects.toThrow('1 images need 192 values, but got 191.');
    await file.dispose();
  });

  it('is refused in one sentence when it is none', async () => {
    const opening = openModelFile(new Uint8Array([1, 2, 3]));
    await expect(opening).rejects.toBeInstanceOf(UserError);
    await expect(opening).rejects.toThrow(/^onnxruntime does not take the ONNX model: .*\.$/);
  });
});
