import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { checkImport } from '../../src/engines/onnxruntime/importCheck';
import { parseOnnx } from '../../src/formats/onnx/document';
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
} from '../../src/formats/onnx/onnx_pb';
import { readModel } from '../../src/formats/onnx/readModel';
import { importOnnx } from '../../src/network/import/onnx/importOnnx';
import { integers, onnxBytes, someValues, type TestModel, type TestNode, type TestTensor } from '../fixtures/onnxModel';

/** What one operation looks like in files of different exporters is the same here as in onnxruntime. */

const ending: readonly TestNode[] = [
  ['Flatten', ['last'], 'flat'],
  ['Gemm', ['flat', 'fc.weight', 'fc.bias'], 'logits', { transB: 1 }],
];

interface Face {
  readonly nodes: readonly TestNode[];
  /** Features that the last of them gives for an image. */
  readonly features: number;
  readonly tensors?: Readonly<Record<string, TestTensor>>;
  readonly model?: Partial<TestModel>;
}

async function check({ nodes, features, tensors = {}, model = {} }: Face, external = new Map<string, Uint8Array>()) {
  const bytes = onnxBytes({
    nodes: [...nodes, ...ending],
    tensors: { ...tensors, 'fc.weight': [[5, features], someValues(5 * features)], 'fc.bias': [[5], [1, 2, 3, 4, 5]] },
    ...model,
  });
  const document = { file: 'test.onnx', model: parseOnnx(bytes, 'test.onnx'), external };
  const { graph, tensors: values, file, problems } = importOnnx(readModel(document), { name: 'test' });
  expect(problems).toEqual([]);
  return checkImport(document, { graph: graph!, tensors: values, file: file! });
}

const conv3 = { 'c.weight': [[4, 3, 3, 3], someValues(108)] } satisfies TestModel['tensors'];

const faces: Readonly<Record<string, Face>> = {
  'padding below and to the right': {
    nodes: [['Conv', ['x', 'c.weight'], 'last', { auto_pad: 'SAME_UPPER', strides: [2, 2] }]],
    features: 64,
    tensors: conv3,
  },
  'padding above and to the left': {
    nodes: [['Conv', ['x', 'c.weight'], 'last', { auto_pad: 'SAME_LOWER', strides: [2, 2] }]],
    features: 64,
    tensors: conv3,
  },
  'padding before, and a bias behind': {
    nodes: [
      ['Pad', ['x', 'pads'], 'p'],
      ['Conv', ['p', 'c.weight'], 'c'],
      ['Add', ['c', 'b'], 'last'],
    ],
    features: 256,
    tensors: {
      ...conv3,
      pads: integers(0, 0, 1, 1, 0, 0, 1, 1),
      b: [
        [4, 1, 1],
        [1, -2, 3, -4],
      ],
    },
  },
  'poolings by the rule "same"': {
    nodes: [
      ['MaxPool', ['x'], 'm', { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }],
      ['AveragePool', ['m'], 'last', { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }],
    ],
    features: 12,
  },
  'poolings that are padded by side': {
    nodes: [
      ['Relu', ['x'], 'r'],
      ['MaxPool', ['r'], 'm', { kernel_shape: [3, 3], pads: [2, 0, 1, 0] }],
      ['AveragePool', ['m'], 'last', { kernel_shape: [2, 2], pads: [1, 0, 0, 1], count_include_pad: 1 }],
    ],
    features: 3 * 9 * 6,
  },
  'rounding up': {
    nodes: [
      ['MaxPool', ['x'], 'm', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
      ['AveragePool', ['m'], 'last', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
    ],
    features: 12,
  },
  'shortcuts of CIFAR ResNets': {
    nodes: [
      ['Slice', ['x', 'zero', 'end', 'h', 'two'], 'rows'],
      ['Slice', ['rows', 'zero', 'end', 'w', 'two'], 'places'],
      ['Pad', ['places', 'pads'], 'last'],
    ],
    features: 96,
    tensors: {
      zero: integers(0),
      end: integers(2 ** 31),
      h: integers(2),
      w: integers(3),
      two: integers(2),
      pads: integers(0, 2, 0, 0, 0, 1, 0, 0),
    },
  },
  'squeeze-and-excitation by linear layers': {
    nodes: [
      ['ReduceMean', ['x'], 'g', { axes: [2, 3], keepdims: 0 }],
      ['Gemm', ['g', 'a.weight', 'a.bias'], 'a', { transB: 1 }],
      ['Relu', ['a'], 'r'],
      ['MatMul', ['r', 'm'], 'b'],
      ['Add', ['b', 'b.bias'], 'bb'],
      ['Sigmoid', ['bb'], 's'],
      ['Reshape', ['s', 'shape'], 'f'],
      ['Mul', ['f', 'x'], 'last'],
    ],
    features: 192,
    tensors: {
      'a.weight': [[2, 3], someValues(6)],
      'a.bias': [[2], [1, 2]],
      m: [[2, 3], someValues(6)],
      'b.bias': [[3], [0, 1, -1]],
      shape: integers(-1, 3, 1, 1),
    },
  },
  'activations with a gate of their own, and slopes': {
    nodes: [
      ['Sigmoid', ['x'], 's'],
      ['Mul', ['s', 'x'], 'silu'],
      ['HardSigmoid', ['silu'], 'h', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }],
      ['Mul', ['silu', 'h'], 'swish'],
      ['PRelu', ['swish', 'slopes'], 'p'],
      ['LeakyRelu', ['p'], 'l', { alpha: { float: 0.3 } }],
      ['Clip', ['l', 'low', 'high'], 'last'],
    ],
    features: 192,
    tensors: {
      slopes: [
        [3, 1, 1],
        [0.1, -0.5, 2],
      ],
      low: [[], [0]],
      high: [[], [6]],
    },
  },
  'images whose channels come last': {
    nodes: [
      ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
      ['Conv', ['t', 'c.weight'], 'c'],
      ['Transpose', ['c'], 'last', { perm: [0, 2, 3, 1] }],
    ],
    features: 4 * 6 * 4,
    tensors: conv3,
    model: { input: ['n', 8, 6, 3] },
  },
  'a batch of a fixed number of images': {
    nodes: [
      ['Reshape', ['x', 'shape'], 'rows'],
      ['Identity', ['rows'], 'last'],
    ],
    features: 192,
    tensors: { shape: integers(3, 192) },
    model: { input: [3, 3, 8, 8] },
  },
};

describe('networks with', () => {
  it.each(Object.entries(faces))('%s give the logits of their file', async (_, face) => {
    const { logitsRange } = await check(face);
    expect(logitsRange).toBeGreaterThan(0);
  });

  it('a softmax at the end give the logits before it', async () => {
    const face: Face = { nodes: [['Relu', ['x'], 'last']], features: 192 };
    const bytes = { nodes: [...face.nodes, ...ending, ['Softmax', ['logits'], 'probabilities', { axis: 1 }] as const] };
    const { logitsRange } = await check({ ...face, model: bytes });
    // Probabilities have none above 1.
    expect(logitsRange).toBeGreaterThan(1);
  });

  it('weights in half and double precision, and in another file, are computed in single precision', async () => {
    const halves = Uint16Array.from({ length: 108 }, (_, index) => 0x3000 + 37 * index);
    const doubles = Float64Array.from(someValues(4));
    const floats = someValues(16);
    const initializers = [
      { name: 'c.weight', dims: [4n, 3n, 3n, 3n], dataType: DataType.FLOAT16, rawData: new Uint8Array(halves.buffer) },
      { name: 'c.bias', dims: [4n], dataType: DataType.DOUBLE, rawData: new Uint8Array(doubles.buffer) },
      {
        name: 'd.weight',
        dims: [4n, 4n, 1n, 1n],
        dataType: DataType.FLOAT,
        dataLocation: DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: 'net.data' },
          { key: 'offset', value: '8' },
          { key: 'length', value: '64' },
        ],
      },
    ].map((tensor) => create(TensorProtoSchema, tensor as Parameters<typeof create<typeof TensorProtoSchema>>[1]));
    const external = new Map([['net.data', new Uint8Array([...new Uint8Array(8), ...new Uint8Array(floats.buffer)])]]);
    const nodes: readonly TestNode[] = [
      ['Conv', ['x', 'c.weight', 'c.bias'], 'c'],
      ['Cast', ['c'], 'h', { to: DataType.FLOAT16 }],
      ['Conv', ['h', 'd.weight'], 'last'],
    ];
    const { logitsRange } = await check({ nodes, features: 144, model: { initializers } }, external);
    expect(logitsRange).toBeGreaterThan(0);
  });
});
