import { describe, expect, it } from 'vitest';
import { requireBoundedParts } from '../../../../src/formats/onnx/boundedParts';
import { ModelProtoSchema } from '../../../../src/formats/onnx/onnx_pb';
import { onnxBytes } from '../../../fixtures/onnxModel';

/** A field with a length before it. */
function field(number: number, content: Uint8Array): Uint8Array {
  const size = [];
  for (let left = content.length; ; left >>>= 7) {
    size.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Uint8Array.of((number << 3) | 2, ...size, ...content);
}

describe('the parts of a message', () => {
  it('are few in a file of large tensors', () => {
    const bytes = onnxBytes({ nodes: [['Relu', ['x'], 'y']], tensors: { w: [[100_000], new Float32Array(100_000)] } });
    expect(() => {
      requireBoundedParts(ModelProtoSchema, bytes, 500);
    }).not.toThrow();
  });

  it('are too many in a file of empty nodes, of which each takes two bytes', () => {
    const nodes = new Uint8Array(20_000).map((_, index) => (index % 2 === 0 ? (1 << 3) | 2 : 0));
    expect(() => {
      requireBoundedParts(ModelProtoSchema, field(7, nodes), 40_000);
    }).toThrow('it has more than 40000 parts');
  });

  it('are too many in a tensor of ten thousand axes', () => {
    const dims = field(1, new Uint8Array(10_000).fill(1));
    expect(() => {
      requireBoundedParts(ModelProtoSchema, field(7, field(5, dims)), 5_000);
    }).toThrow('it has more than 5000 parts');
  });

  it('are not counted beyond the message that they are in', () => {
    expect(() => {
      requireBoundedParts(ModelProtoSchema, Uint8Array.of((7 << 3) | 2, 2, (1 << 3) | 2, 100), 100);
    }).toThrow('ends behind');
  });
});
