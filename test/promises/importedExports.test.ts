import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exportable } from '../../src/export/exportable';
import { encodeOnnxNetwork } from '../../src/export/onnx';
import { plainLogits } from '../../src/export/plainLogits';
import { parseOnnx } from '../../src/formats/onnx/document';
import { readModel } from '../../src/formats/onnx/readModel';
import type { Tensor, TensorMap } from '../../src/formats/tensor';
import type { Layer, LayerGraph } from '../../src/network/graph';
import { importOnnx, type ImportedOnnx } from '../../src/network/import/onnx/importOnnx';
import { parameterSpecs } from '../../src/network/parameters';
import { imageShape } from '../../src/network/shapes';
import { buildNetwork } from '../../src/network/zoo';
import { compactResNet, lifelikeTensors, shareOfRange, someImages } from '../fixtures/compactNetwork';
import { everyKind } from '../fixtures/everyKind';
import { randomNetwork } from '../fixtures/randomNetwork';

/** What comes back of a network that was exported. */
function returned(graph: LayerGraph, tensors: TensorMap): ImportedOnnx {
  const about: Exportable['about'] = {
    title: graph.name,
    version: '1.2.3',
    input: { mean: [0], std: [1] },
    classes: ['cat', 'dog'],
    metadata: {},
  };
  const model = parseOnnx(encodeOnnxNetwork({ graph, tensors, about }), 'net.onnx');
  return importOnnx(readModel({ file: 'net.onnx', model, external: new Map() }), { name: graph.name });
}

/** Layers as they come back: the images have the name that they have in files. */
function withImages({ layers }: LayerGraph): Layer[] {
  const [images] = layers;
  return layers.map((layer) => ({
    ...layer,
    ...(layer.kind === 'input' && { name: 'images' }),
    inputs: layer.inputs.map((name) => (name === images!.name ? 'images' : name)),
  }));
}

describe('networks that SFP Lab exported', () => {
  const shape = { channels: 3, height: 32, width: 32 };
  const known = ['resnet20', 'mobilenetv2'].map((arch) => buildNetwork(arch, shape, 10));

  it.each([...known, compactResNet].map((graph) => [graph.name, graph] as const))(
    'come back as they were: %s',
    (_, graph) => {
      const tensors = lifelikeTensors(graph);
      const { graph: came, problems, tensors: values } = returned(graph, tensors);
      expect(problems).toEqual([]);
      // Exports leave out what does nothing in evaluation.
      expect(came!.layers).toEqual(
        withImages(graph)
          .filter(({ kind }) => kind !== 'dropout')
          .map(withoutDropout(graph)),
      );
      for (const { name } of parameterSpecs(graph)) expectEqualTensors(values.get(name), tensors.get(name));
    },
  );

  it('compute the same, whatever their layers', () => {
    expectSame(everyKind);
    fc.assert(fc.property(randomNetwork.filter(comesBack), expectSame), { numRuns: 150 });
  });
});

/** Comparing millions of numbers one by one takes the test library minutes. */
function expectEqualTensors(found: Tensor | undefined, wanted: Tensor | undefined): void {
  expect(found?.shape).toEqual(wanted?.shape);
  expect(bytesOf(found!).equals(bytesOf(wanted!))).toBe(true);
}

function bytesOf({ data }: Tensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** A layer that reads what dropout reads instead of what it gives. */
function withoutDropout({ layers }: LayerGraph): (layer: Layer) => Layer {
  const read = new Map(layers.map(({ kind, name, inputs }) => [name, kind === 'dropout' ? inputs[0]! : name]));
  return (layer) => ({ ...layer, inputs: layer.inputs.map((name) => read.get(name) ?? name) });
}

/** Means that count padding and round places up are written with uneven padding, which is refused with a sentence. */
function comesBack({ layers }: LayerGraph): boolean {
  return !layers.some((layer) => layer.kind === 'averagePool' && layer.ceil && layer.countsPadding);
}

function expectSame(graph: LayerGraph): void {
  const tensors = lifelikeTensors(graph);
  const { graph: came, problems, tensors: values } = returned(graph, tensors);
  expect(problems).toEqual([]);
  for (const { name } of parameterSpecs(graph)) expectEqualTensors(values.get(name), tensors.get(name));
  const images = someImages(imageShape(graph), 2);
  const wanted = plainLogits(graph, tensors, images, 2);
  const found = plainLogits(came!, values, images, 2);
  expect(found.length).toBe(wanted.length);
  // Logits that are all equal have no range.
  const isFlat = new Set(wanted).size === 1;
  if (isFlat) expect(Math.abs(found[0]! - wanted[0]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted[0]!)));
  else expect(shareOfRange(found, wanted)).toBeLessThan(1e-6);
}
