import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { TensorProto_DataType as DataType } from '../../../../src/formats/onnx/onnx_pb';
import { floatsOf } from '../../../../src/formats/onnx/readModel';
import { onnxModel, type TestModel } from '../../../fixtures/onnxModel';

const relu: TestModel['nodes'] = [['Relu', ['x'], 'y']];

describe('a model that is read', () => {
  it('has nodes with what they are set to', () => {
    const attributes = {
      pads: [1, 2, 3, 4],
      group: 3,
      auto_pad: 'NOTSET',
      alpha: { float: 0.5 },
      scales: { floats: [1, 2] },
    };
    const [node] = onnxModel({ nodes: [['Conv', ['x', '', 'b'], 'y', attributes]] }).nodes;
    expect(node).toMatchObject({ name: 'y', operator: 'Conv', domain: '', inputs: ['x', '', 'b'], outputs: ['y'] });
    expect(Object.fromEntries(node!.attributes)).toEqual({
      pads: { kind: 'ints', value: [1, 2, 3, 4] },
      group: { kind: 'int', value: 3 },
      auto_pad: { kind: 'text', value: 'NOTSET' },
      alpha: { kind: 'float', value: 0.5 },
      scales: { kind: 'floats', value: [1, 2] },
    });
  });

  it('has inputs and outputs with the extents that are known', () => {
    const { inputs, outputs, producer } = onnxModel({ nodes: relu, input: ['batch', 3, 'h', 32] });
    expect(inputs).toEqual([{ name: 'x', type: DataType.FLOAT, extents: ['batch', 3, 'h', 32] }]);
    expect(outputs.map(({ name }) => name)).toEqual(['y']);
    expect(producer).toBe('test');
  });

  it('has values from the fields of any type', () => {
    const { tensors } = onnxModel({
      nodes: relu,
      initializers: [
        { name: 'f', dataType: DataType.FLOAT, dims: [1n], floatData: new Uint8Array(Float32Array.of(2.5).buffer) },
        { name: 'd', dataType: DataType.DOUBLE, dims: [], doubleData: new Uint8Array(Float64Array.of(0.25).buffer) },
      ],
    });
    expect(floatsOf(tensors.get('f')!)).toEqual(Float32Array.of(2.5));
    expect(floatsOf(tensors.get('d')!)).toEqual(Float32Array.of(0.25));
  });
});

describe('a tensor that is not whole', () => {
  it.each([
    [[3n], new Uint8Array(8)],
    [[10n ** 9n, 10n ** 9n], new Uint8Array(8)],
    [[-1n], new Uint8Array(4)],
    [[2n ** 62n], new Uint8Array(4)],
    [[0n, 2n ** 40n], new Uint8Array(0)],
  ])('is refused: case %#', (dims, rawData) => {
    const tensor = { name: 'w', dataType: DataType.FLOAT, dims, rawData };
    expect(() => onnxModel({ nodes: relu, initializers: [tensor] })).toThrow(UserError);
    expect(() => onnxModel({ nodes: relu, initializers: [tensor] })).toThrow(/the tensor "w" (is|has)/);
  });

  it('is refused too where its values would take more bytes than are there', () => {
    const tensor = { name: 'w', dataType: DataType.INT64, dims: [1000n], int64Data: new Uint8Array(999) };
    expect(() => onnxModel({ nodes: relu, initializers: [tensor] })).toThrow('but has 999 bytes');
  });
});
