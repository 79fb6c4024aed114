import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { Exportable } from '../../../src/export/exportable';
import { encodeOnnxNetwork } from '../../../src/export/onnx';
import { ModelProtoSchema, type ModelProto, type ValueInfoProto } from '../../../src/formats/onnx/onnx_pb';
import { dropout, input, linear } from '../../../src/network/layers';
import { parameterSpecs, statisticSpecs } from '../../../src/network/parameters';
import { inferShapes } from '../../../src/network/shapes';
import { compactResNet, lifelikeTensors } from '../../fixtures/compactNetwork';
import { everyKind } from '../../fixtures/everyKind';

const exportable: Exportable = {
  graph: compactResNet,
  tensors: lifelikeTensors(compactResNet),
  about: {
    title: 'resnet8, compact',
    version: '1.2.3',
    input: { mean: [125.3, 123, 113.9], std: [63, 62.1, 66.7] },
    classes: ['cat', 'dog'],
    metadata: { run: 'r1' },
  },
};

function decoded(): ModelProto {
  return fromBinary(ModelProtoSchema, encodeOnnxNetwork(exportable));
}

function extents({ type }: ValueInfoProto): (number | string)[] {
  const dims = type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []) : [];
  return dims.map(({ value }) => (value.case === 'dimParam' ? value.value : Number(value.value)));
}

describe('a network as ONNX', () => {
  it('tells who made it, for which operator set, and how images are normalised', () => {
    const model = decoded();
    expect(model).toMatchObject({ irVersion: 8n, producerName: 'SFP Lab', producerVersion: '1.2.3' });
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 17n]]);
    expect(model.docString).toMatch(/^resnet8, compact\. /);
    expect(Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]))).toMatchObject({
      run: 'r1',
      mean: '[125.3,123,113.9]',
      std: '[63,62.1,66.7]',
      classes: '["cat","dog"]',
    });
  });

  it('reads images and gives logits for any batch, and says the shape of all between', () => {
    const { graph } = decoded();
    expect(graph!.input.map((value) => [value.name, extents(value)])).toEqual([['images', ['batch', 3, 8, 8]]]);
    expect(graph!.output.map((value) => [value.name, extents(value)])).toEqual([['logits', ['batch', 10]]]);
    const shapes = inferShapes(compactResNet);
    const between = compactResNet.layers.slice(1, -1).map(({ name }) => {
      const { channels, height, width } = shapes.get(name)!;
      return [name, ['batch', channels, height, width]];
    });
    expect(graph!.valueInfo.map((value) => [value.name, extents(value)])).toEqual(between);
  });

  it('keeps the names, shapes and values of all tensors, and names nodes after layers', () => {
    const { graph } = decoded();
    const initializers = new Map(graph!.initializer.map((tensor) => [tensor.name, tensor]));
    for (const { name, shape } of [...parameterSpecs(compactResNet), ...statisticSpecs(compactResNet)]) {
      const { dims, rawData } = initializers.get(name)!;
      expect(dims.map(Number), name).toEqual(shape);
      const values = new Float32Array(rawData.slice().buffer);
      if (!name.endsWith('.fill')) expect(values, name).toEqual(exportable.tensors.get(name)!.data);
    }
    const names = graph!.node.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(compactResNet.layers.slice(1).map(({ name }) => name)));
    expect(new Set(names).size).toBe(names.length);
  });

  it('takes the operators that stay in onnxruntime’s blocked layout', () => {
    const operators = new Map(decoded().graph!.node.map(({ name, opType }) => [name, opType]));
    expect(operators.get('stage1.block1.scatter')).toBe('Conv');
    expect(operators.get('stage2.block1.shortcut')).toBe('Conv');
    expect(operators.get('stage3.block1.shortcut')).toBe('MaxPool');
    expect(operators.get('stem.bn')).toBe('BatchNormalization');
  });
});

describe('a network with layers of every kind as ONNX', () => {
  const tensors = lifelikeTensors(everyKind);
  const model = fromBinary(ModelProtoSchema, encodeOnnxNetwork({ ...exportable, graph: everyKind, tensors }));
  const { node, initializer, output, valueInfo } = model.graph!;
  const named = new Map(node.map((each) => [each.name, each]));
  const attributes = (name: string) =>
    Object.fromEntries(
      named.get(name)!.attribute.map(({ name, i, f, ints }) => [name, ints.length > 0 ? ints : f || i]),
    );

  it('has no dropout: what would read it reads what it reads, at the end too', () => {
    expect(new Set(node.map(({ opType }) => opType)).has('Dropout')).toBe(false);
    expect(named.get('sum')!.input).toEqual(['sum.image1', 'mixedSilu']);
    expect(named.get('sum.image1')!.input[0]).toBe('swish');
    expect(named.get('logits.flattened')).toMatchObject({
      opType: 'Flatten',
      input: ['classifier'],
      output: ['logits'],
    });
    expect(output.map((value) => [value.name, extents(value)])).toEqual([['logits', ['batch', 5]]]);
    expect(valueInfo.map(({ name }) => name)).not.toContain('dropped');
  });

  it('gives its logits where dropout is the last layer', () => {
    const layers = [
      input('input', { channels: 2, height: 1, width: 1 }),
      linear('fc', 'input', 3),
      dropout('end', 'fc', 0.5),
    ];
    const graph = { name: 'ended', layers };
    const ended = fromBinary(
      ModelProtoSchema,
      encodeOnnxNetwork({ ...exportable, graph, tensors: lifelikeTensors(graph) }),
    );
    expect(ended.graph!.node.map(({ name, output }) => [name, output])).toEqual([
      ['fc.flattened', ['fc.flattened']],
      ['fc', ['logits']],
    ]);
  });

  it('says bias, groups, dilation and rounding as ONNX does', () => {
    expect(named.get('stem.conv')!.input).toEqual(['before', 'stem.conv.weight', 'stem.conv.bias']);
    expect(attributes('grouped')).toMatchObject({ group: 2n, dilations: [2n, 2n], pads: [2n, 2n, 2n, 2n] });
    expect(attributes('mean')).toMatchObject({ ceil_mode: 1n, pads: [1n, 1n, 1n, 1n] });
    expect(attributes('mean')).not.toHaveProperty('count_include_pad');
    expect(attributes('padded')).toMatchObject({ count_include_pad: 1n });
    expect(attributes('squeeze.hardGate')).toEqual({ alpha: Math.fround(1 / 6), beta: 0.5 });
  });

  it('gives slopes the axes that images have', () => {
    const dims = (name: string) => initializer.find((tensor) => tensor.name === name)!.dims.map(Number);
    expect(dims('stem.prelu.weight')).toEqual([8, 1, 1]);
    expect(dims('slope.weight')).toEqual([1, 1, 1]);
  });
});
