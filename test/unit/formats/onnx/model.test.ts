import { describe, expect, it } from 'vitest';
import { encodeOnnx, type OnnxModel } from '../../../../src/formats/onnx/model';

const model: OnnxModel = {
  name: 'm',
  description: '',
  producer: { name: 'p', version: '1' },
  metadata: {},
  inputs: [{ name: 'x', extents: ['batch', 2] }],
  outputs: [{ name: 'y', extents: ['batch', 2] }],
  between: [],
  nodes: [{ name: 'n', operator: 'Relu', inputs: ['x'], outputs: ['y'] }],
  weights: new Map(),
  integers: new Map(),
};
const relu = (inputs: string[], outputs: string[]) => ({ name: 'n', operator: 'Relu', inputs, outputs });

describe('an ONNX model', () => {
  it('is encoded when its names go together', () => {
    expect(encodeOnnx(model).length).toBeGreaterThan(20);
  });

  it.each<[string, Partial<OnnxModel>, RegExp]>([
    [
      'a node reads what no one gives',
      { nodes: [relu(['z'], ['y'])] },
      /Node "n" reads "z", which does not come before/,
    ],
    ['nodes are out of order', { nodes: [relu(['a'], ['y']), relu(['x'], ['a'])] }, /reads "a"/],
    ['a name is there twice', { nodes: [relu(['x'], ['y']), relu(['x'], ['y'])] }, /Two tensors .* named "y"/],
    ['a weight is called like the input', { integers: new Map([['x', [1]]]) }, /Two tensors .* named "x"/],
    ['nobody computes the output', { nodes: [] }, /No node .* computes its output "y"/],
  ])('is refused when %s', (_, changes, message) => {
    expect(() => encodeOnnx({ ...model, ...changes })).toThrow(message);
  });
});
