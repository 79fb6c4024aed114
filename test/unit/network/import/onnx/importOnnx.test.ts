import { describe, expect, it } from 'vitest';
import type { LayerGraph } from '../../../../../src/network/graph';
import { parameterSpecs, statisticSpecs } from '../../../../../src/network/parameters';
import {
  importOnnx,
  type ImportedOnnx,
  type OnnxImportOptions,
} from '../../../../../src/network/import/onnx/importOnnx';
import {
  importedFile,
  pytorchExports,
  pytorchFile,
  pytorchNetworks,
  pytorchState,
} from '../../../../fixtures/importedOnnx';
import { integers, onnxModel, someValues, type TestModel } from '../../../../fixtures/onnxModel';

function imported(model: TestModel, options: Partial<OnnxImportOptions> = {}): ImportedOnnx {
  return importOnnx(onnxModel(model), { name: 'test', ...options });
}

/** Pooling and a linear layer of two units on `channels` channels. */
function head(from: string, channels: number): Pick<Required<TestModel>, 'nodes' | 'tensors'> {
  return {
    nodes: [
      ['GlobalAveragePool', [from], 'pool'],
      ['Flatten', ['pool'], 'flat'],
      ['Gemm', ['flat', 'fc.weight', 'fc.bias'], 'logits', { transB: 1 }],
    ],
    tensors: { 'fc.weight': [[2, channels], someValues(2 * channels)], 'fc.bias': [[2], [1, 2]] },
  };
}

/** The layers that nodes on an image [3, 8, 8] become, without input and head. */
function layersOf(
  nodes: TestModel['nodes'],
  tensors: TestModel['tensors'] = {},
  channels = 3,
  input?: TestModel['input'],
) {
  const { graph, problems } = withHead(nodes, tensors, channels, input);
  expect(problems).toEqual([]);
  return graph!.layers.slice(1, -2);
}

function withHead(
  nodes: TestModel['nodes'],
  tensors: TestModel['tensors'] = {},
  channels = 3,
  input?: TestModel['input'],
) {
  const rest = head(nodes.at(-1)![2], channels);
  return imported({
    nodes: [...nodes, ...rest.nodes],
    tensors: { ...tensors, ...rest.tensors },
    ...(input && { input }),
  });
}

function reasonsOf(nodes: TestModel['nodes'], tensors: TestModel['tensors'] = {}): string[] {
  return withHead(nodes, tensors).problems.map(({ node, operator, reason }) => `${operator} ${node}: ${reason}`);
}

const weights3: TestModel['tensors'] = { 'conv.weight': [[4, 3, 3, 3], someValues(108)] };

describe('networks that PyTorch exported', () => {
  const ways = pytorchNetworks.flatMap((network) => pytorchExports.map((way) => [network, way] as const));

  it.each(ways)('are taken: %s, %s', async (network, way) => {
    const { graph, problems, tensors } = await importedFile(pytorchFile(network, way));
    expect(problems).toEqual([]);
    const specs = [...parameterSpecs(graph!), ...statisticSpecs(graph!)];
    expect([...tensors.keys()]).toEqual(specs.map(({ name }) => name));
  });

  it.each(pytorchNetworks)(
    'have all names and values of the state dict where batch norms are kept: %s',
    async (network) => {
      const { images, logits, ...state } = Object.fromEntries(await pytorchState(network));
      const { tensors, notes } = await importedFile(pytorchFile(network, 'older-dynamic'));
      expect(Object.fromEntries(tensors)).toEqual(state);
      expect(notes).toEqual([]);
      // Exporting in training mode moves running statistics, and says nothing of it.
      const training = await importedFile(pytorchFile(network, 'older-train'));
      const trained = Object.entries(state).filter(([name]) => !name.includes('running_'));
      expect(Object.fromEntries(training.tensors)).toMatchObject(Object.fromEntries(trained));
      expect([...training.tensors.keys()].sort()).toEqual(Object.keys(state).sort());
      expect(training.notes).toEqual([expect.stringContaining('call model.eval() before the export')]);
      expect([images, logits].every((tensor) => tensor)).toBe(true);
    },
  );

  it('have the names of the convolutions where batch norms are folded, and say what to do', async () => {
    const names = ({ layers }: LayerGraph): string[] =>
      layers.filter(({ kind }) => kind === 'conv').map(({ name }) => name);
    const wanted = names((await importedFile(pytorchFile('residual', 'older-train'))).graph!);
    for (const way of ['older-folded', 'newer']) {
      const { graph, notes } = await importedFile(pytorchFile('residual', way));
      expect(names(graph!)).toEqual(wanted);
      expect(notes[0]).toContain('prune it as it is, gently');
      expect(notes[0]).toContain('training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False');
    }
  });

  it('have their projection shortcuts marked, and no other convolutions', async () => {
    const { graph } = await importedFile(pytorchFile('residual', 'older-train'));
    const bound = graph!.layers.filter((layer) => layer.kind === 'conv' && !layer.prunable);
    expect(bound.map(({ name }) => name)).toEqual(['layers.1.downsample.0']);
  });
});

describe('convolutions', () => {
  it('are padded by an attribute, a rule, or a node before', () => {
    const wanted = { kind: 'conv', name: 'conv', inputs: ['x'], filters: 4, padding: 1, stride: 1, prunable: true };
    for (const attributes of [{ pads: [1, 1, 1, 1] }, { auto_pad: 'SAME_UPPER' }, { auto_pad: 'SAME_LOWER' }])
      expect(layersOf([['Conv', ['x', 'conv.weight'], 'c', attributes]], weights3, 4)).toMatchObject([wanted]);
    const pads = integers(0, 0, 1, 1, 0, 0, 1, 1);
    const before: TestModel['nodes'] = [
      ['Pad', ['x', 'pads'], 'p'],
      ['Conv', ['p', 'conv.weight'], 'c'],
    ];
    expect(layersOf(before, { ...weights3, pads }, 4)).toMatchObject([wanted]);
  });

  it('that are padded by side get a layer before them', () => {
    const same = { auto_pad: 'SAME_UPPER', strides: [2, 2] };
    expect(layersOf([['Conv', ['x', 'conv.weight'], 'c', same]], weights3, 4)).toMatchObject([
      { kind: 'pad', margins: { top: 0, left: 0, bottom: 1, right: 1 } },
      { kind: 'conv', padding: 0, stride: 2 },
    ]);
  });

  it('take in a bias that is added behind them, but not where others read them', () => {
    const tensors = {
      ...weights3,
      b: [
        [1, 4, 1, 1],
        [1, 2, 3, 4],
      ],
    } satisfies TestModel['tensors'];
    const nodes: TestModel['nodes'] = [
      ['Conv', ['x', 'conv.weight'], 'c'],
      ['Add', ['b', 'c'], 's'],
    ];
    expect(layersOf(nodes, tensors, 4)).toMatchObject([{ kind: 'conv', bias: true }]);
    const readTwice: TestModel['nodes'] = [...nodes, ['Mul', ['s', 'c'], 'm']];
    expect(withHead(readTwice, tensors, 4).problems[0]!.reason).toContain('adds by a constant');
  });

  it('say what about them cannot be had', () => {
    const reasons = (attributes: Record<string, readonly number[] | number>, shape = [4, 3, 3, 3]): string =>
      reasonsOf([['Conv', ['x', 'w'], 'c', attributes]], { w: [shape, someValues(shape.reduce((a, b) => a * b))] })[0]!;
    expect(reasons({ strides: [1, 2] })).toContain('height and width must have the same');
    expect(reasons({ pads: [-1, 0, 0, 0] })).toContain('cuts the image');
    expect(reasons({}, [4, 3, 3])).toContain('have 3 axes');
    expect(reasons({}, [4, 5, 3, 3])).toContain('but its inputs need [4, 3, 3, 3]');
    expect(reasons({ group: 2 })).toContain('into 2 groups');
    expect(reasons({}, [4, 3, 9, 9])).toContain('larger than its input');
    expect(reasons({ kernel_shape: [5, 5] })).toContain('Its kernel is [5, 5]');
  });

  it('that share weights are told of', () => {
    const nodes: TestModel['nodes'] = [
      ['Conv', ['x', 'conv.weight'], 'a', { pads: [1, 1, 1, 1] }],
      ['Conv', ['x', 'conv.weight'], 'b', { pads: [1, 1, 1, 1] }],
      ['Add', ['a', 'b'], 'c'],
    ];
    expect(reasonsOf(nodes, weights3)).toEqual([expect.stringContaining('are those of "conv" as well')]);
    // Equal constants that the exporter stored once are copies.
    const copied: TestModel['nodes'] = [
      ['Identity', ['conv.weight'], 'other.weight'],
      nodes[0]!,
      ['Conv', ['x', 'other.weight'], 'b', { pads: [1, 1, 1, 1] }],
      nodes[2]!,
    ];
    expect(layersOf(copied, weights3, 4).map(({ name }) => name)).toEqual(['conv', 'other', 'c']);
  });
});

describe('the faces of an operation', () => {
  it('global average pooling', () => {
    const pool = { kind: 'globalAveragePool' };
    const faces: TestModel['nodes'][] = [
      [['GlobalAveragePool', ['x'], 'p']],
      [['ReduceMean', ['x'], 'p', { axes: [2, 3], keepdims: 1 }]],
      [['ReduceMean', ['x', 'axes'], 'p']],
      [['AveragePool', ['x'], 'p', { kernel_shape: [8, 8] }]],
    ];
    for (const nodes of faces) expect(layersOf(nodes, { axes: integers(-1, -2) })).toMatchObject([pool]);
    const flat: TestModel['nodes'] = [
      ['ReduceMean', ['x'], 'p', { axes: [2, 3], keepdims: 0 }],
      ['Gemm', ['p', 'fc.weight', 'fc.bias'], 'logits', { transB: 1 }],
    ];
    const { graph } = imported({ nodes: flat, tensors: head('p', 3).tensors });
    expect(graph!.layers.map(({ kind }) => kind)).toEqual(['input', 'globalAveragePool', 'linear']);
    expect(reasonsOf([['ReduceMean', ['x'], 'p', { axes: [1] }]])[0]).toContain('only height and width together');
  });

  it('flattening', () => {
    const faces: [TestModel['nodes'], TestModel['tensors']?, TestModel['input']?][] = [
      [[['Flatten', ['x'], 'f']]],
      [[['Reshape', ['x', 's'], 'f']], { s: integers(0, -1) }],
      [[['Reshape', ['x', 's'], 'f']], { s: integers(-1, 192) }],
      [[['Reshape', ['x', 's'], 'f']], { s: integers(2, -1) }, [2, 3, 8, 8]],
      [
        [
          ['Shape', ['x'], 'shape'],
          ['Gather', ['shape', 'zero'], 'batch'],
          ['Unsqueeze', ['batch', 'axis'], 'rows'],
          ['Concat', ['rows', 'rest'], 's', { axis: 0 }],
          ['Reshape', ['x', 's'], 'f'],
        ],
        { zero: [[], BigInt64Array.of(0n)], axis: integers(0), rest: integers(-1) },
      ],
    ];
    for (const [nodes, tensors = {}, input] of faces) {
      const rest: TestModel['nodes'] = [...nodes, ['Gemm', ['f', 'w', 'b'], 'logits', { transB: 1 }]];
      const all = { ...tensors, w: [[2, 192], someValues(384)], b: [[2], [0, 1]] } satisfies TestModel['tensors'];
      const { graph, problems } = imported({ nodes: rest, tensors: all, ...(input && { input }) });
      expect(problems).toEqual([]);
      expect(graph!.layers.map(({ kind }) => kind)).toEqual(['input', 'flatten', 'linear']);
    }
    expect(reasonsOf([['Reshape', ['x', 's'], 'f']], { s: integers(3, -1) })[0]).toContain(
      'flattened to one row an image',
    );
    expect(reasonsOf([['Flatten', ['x'], 'f', { axis: 2 }]])[0]).toContain('from axis 1');
  });

  it('activations', () => {
    const bounds = { low: [[], [0]], high: [[], [6]] } satisfies TestModel['tensors'];
    const faces: [TestModel['nodes'], object][] = [
      [[['Clip', ['x', 'low', 'high'], 'a']], { kind: 'relu6' }],
      [[['Clip', ['x'], 'a', { min: { float: 0 }, max: { float: 6 } }]], { kind: 'relu6' }],
      [[['Clip', ['x', 'low'], 'a']], { kind: 'relu' }],
      [
        [
          ['Sigmoid', ['x'], 's'],
          ['Mul', ['s', 'x'], 'a'],
        ],
        { kind: 'silu' },
      ],
      [
        [
          ['HardSigmoid', ['x'], 's', { alpha: { float: 1 / 6 } }],
          ['Mul', ['x', 's'], 'a'],
        ],
        { kind: 'hardSwish' },
      ],
      [[['HardSwish', ['x'], 'a']], { kind: 'hardSwish' }],
      [[['LeakyRelu', ['x'], 'a', { alpha: { float: 0.1 } }]], { kind: 'leakyRelu', slope: 0.1 }],
      [[['PRelu', ['x', 'low'], 'a']], { kind: 'prelu', byChannel: false }],
      [[['PRelu', ['x', 'slopes'], 'a']], { kind: 'prelu', byChannel: true }],
    ];
    for (const [nodes, wanted] of faces)
      expect(
        layersOf(nodes, {
          ...bounds,
          slopes: [
            [3, 1, 1],
            [1, 2, 3],
          ],
        }),
      ).toMatchObject([wanted]);
    expect(reasonsOf([['Clip', ['x', 'high'], 'a']], bounds)[0]).toContain('It bounds values to 6 and Infinity');
    expect(reasonsOf([['HardSigmoid', ['x'], 'a']])[0]).toContain('only PyTorch’s');
    expect(reasonsOf([['PRelu', ['x', 's'], 'a']], { s: [[3], [1, 2, 3]] })[0]).toContain('one a channel');
  });

  it('linear layers', () => {
    const w = someValues(6);
    const turned = Float32Array.from({ length: 6 }, (_, index) => w[(index % 2) * 3 + Math.floor(index / 2)]!);
    const faces: [TestModel['nodes'], TestModel['tensors']][] = [
      [[['Gemm', ['f', 'fc.weight', 'fc.bias'], 'y', { transB: 1 }]], { 'fc.weight': [[2, 3], w] }],
      [[['Gemm', ['f', 'fc.weight', 'fc.bias'], 'y']], { 'fc.weight': [[3, 2], turned] }],
      [
        [['Gemm', ['f', 'fc.weight', 'fc.bias'], 'y', { alpha: { float: 0.5 } }]],
        { 'fc.weight': [[3, 2], turned.map((v) => 2 * v)] },
      ],
      [
        [
          ['MatMul', ['f', 'm'], 'p'],
          ['Add', ['fc.bias', 'p'], 'y'],
        ],
        { m: [[3, 2], turned] },
      ],
      [
        [
          ['Transpose', ['fc.weight'], 't', { perm: [1, 0] }],
          ['MatMul', ['f', 't'], 'p'],
          ['Add', ['p', 'fc.bias'], 'y'],
        ],
        { 'fc.weight': [[2, 3], w] },
      ],
    ];
    for (const [nodes, tensors] of faces) {
      const before: TestModel['nodes'] = [['GlobalAveragePool', ['x'], 'g'], ['Squeeze', ['g', 'axes'], 'f'], ...nodes];
      const all = { ...tensors, axes: integers(2, 3), 'fc.bias': [[2], [5, 6]] } satisfies TestModel['tensors'];
      const result = imported({ nodes: before, tensors: all });
      expect(result.problems).toEqual([]);
      expect(result.graph!.layers.at(-1)).toMatchObject({ kind: 'linear', name: 'fc', units: 2 });
      expect(result.tensors.get('fc.weight')).toEqual({ shape: [2, 3], data: w });
      expect(result.tensors.get('fc.bias')).toEqual({ shape: [2], data: Float32Array.of(5, 6) });
    }
  });

  it('a linear layer without bias begins with a bias of zero, and says so', () => {
    const nodes: TestModel['nodes'] = [
      ['GlobalMaxPool', ['x'], 'g'],
      ['Flatten', ['g'], 'f'],
      ['MatMul', ['f', 'fc.weight'], 'y'],
    ];
    const { tensors, notes } = imported({ nodes, tensors: { 'fc.weight': [[3, 2], someValues(6)] } });
    expect(tensors.get('fc.bias')!.data).toEqual(new Float32Array(2));
    expect(notes).toEqual([expect.stringContaining('has no bias in the file')]);
  });

  it('every second row and column, with channels of zeros, as on the shortcuts of CIFAR ResNets', () => {
    const numbers = { zero: integers(0), end: integers(2 ** 31), h: integers(2), w: integers(3), two: integers(2) };
    const nodes: TestModel['nodes'] = [
      ['Slice', ['x', 'zero', 'end', 'h', 'two'], 'rows'],
      ['Slice', ['rows', 'zero', 'end', 'w', 'two'], 'places'],
      ['Pad', ['places', 'pads'], 'p'],
    ];
    const behind = { ...numbers, pads: integers(0, 0, 0, 0, 0, 3, 0, 0) };
    expect(layersOf(nodes, behind, 6)).toMatchObject([
      { kind: 'subsamplePad', stride: 2, appendedChannels: 3, inputs: ['x'] },
    ]);
    const around = { ...numbers, pads: integers(0, 2, 0, 0, 0, 1, 0, 0) };
    expect(layersOf(nodes, around, 6)).toMatchObject([
      { kind: 'subsamplePad', stride: 2, appendedChannels: 0 },
      { kind: 'channelScatter', channels: 6, positions: [2, 3, 4] },
    ]);
  });

  it('squeeze-and-excitation, in either order, with linear layers that stay such', () => {
    const tensors = {
      'a.weight': [[2, 3], someValues(6)],
      'a.bias': [[2], [0, 0]],
      'b.weight': [[3, 2], someValues(6)],
      'b.bias': [[3], [0, 0, 0]],
      shape: integers(-1, 3, 1, 1),
    } satisfies TestModel['tensors'];
    const nodes: TestModel['nodes'] = [
      ['ReduceMean', ['x'], 'g', { axes: [2, 3], keepdims: 0 }],
      ['Gemm', ['g', 'a.weight', 'a.bias'], 'a', { transB: 1 }],
      ['Relu', ['a'], 'r'],
      ['Gemm', ['r', 'b.weight', 'b.bias'], 'b', { transB: 1 }],
      ['Sigmoid', ['b'], 's'],
      ['Reshape', ['s', 'shape'], 'f'],
      ['Mul', ['f', 'x'], 'm'],
    ];
    const { graph, notes, problems } = withHead(nodes, tensors);
    expect(problems).toEqual([]);
    expect(graph!.layers.find(({ kind }) => kind === 'multiply')!.inputs).toEqual(['x', 's']);
    expect(graph!.layers.filter(({ kind }) => kind === 'linear').map(({ name }) => name)).toEqual(['a', 'b', 'fc']);
    expect(notes).toEqual([]);
  });
});

describe('poolings', () => {
  it('that are padded behind the image only are rounded up', () => {
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' };
    expect(layersOf([['MaxPool', ['x'], 'p', attributes]])).toMatchObject([
      { kind: 'maxPool', padding: 0, ceil: true, stride: 2 },
    ]);
    expect(layersOf([['AveragePool', ['x'], 'p', attributes]])).toMatchObject([
      { kind: 'averagePool', ceil: true, countsPadding: false },
    ]);
  });

  it('that count what is padded get a layer before them', () => {
    const attributes = { kernel_shape: [2, 2], pads: [1, 0, 0, 0], count_include_pad: 1 };
    expect(layersOf([['AveragePool', ['x'], 'p', attributes]])).toMatchObject([
      { kind: 'pad', margins: { top: 1, left: 0, bottom: 0, right: 0 } },
      { kind: 'averagePool', padding: 0, countsPadding: true },
    ]);
  });

  it('that count what is padded behind the image are not rounded up, which would not count it', () => {
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1], count_include_pad: 1 };
    expect(layersOf([['AveragePool', ['x'], 'p', attributes]])).toMatchObject([
      { kind: 'pad', margins: { top: 0, left: 0, bottom: 1, right: 1 } },
      { kind: 'averagePool', padding: 0, ceil: false },
    ]);
    expect(layersOf([['AveragePool', ['x'], 'p', { ...attributes, pads: [1, 0, 2, 1], ceil_mode: 1 }]])).toMatchObject([
      { kind: 'pad', margins: { top: 1, left: 0, bottom: 2, right: 1 } },
      { kind: 'averagePool', padding: 0, ceil: true },
    ]);
  });

  it('of a mean that leaves uneven padding out are refused, with what to change', () => {
    const attributes = { kernel_shape: [3, 3], pads: [2, 0, 0, 0] };
    expect(reasonsOf([['AveragePool', ['x'], 'p', attributes]])[0]).toContain(
      'can be padded by the same on all sides only. Export it so, or with padding that counts (count_include_pad).',
    );
  });

  it('of a maximum are padded with zeros behind a ReLU, and refused elsewhere', () => {
    const attributes = { kernel_shape: [3, 3], pads: [2, 0, 0, 0] };
    const relu: TestModel['nodes'] = [
      ['Relu', ['x'], 'r'],
      ['MaxPool', ['r'], 'p', attributes],
    ];
    expect(layersOf(relu).map(({ kind }) => kind)).toEqual(['relu', 'pad', 'maxPool']);
    expect(reasonsOf([['MaxPool', ['x'], 'p', attributes]])[0]).toContain(
      'It pads by 2 above, 0 left, 0 below and 0 right',
    );
  });
});

describe('what ends a network', () => {
  it('is left out where training computes it, and said', () => {
    const rest = head('x', 3);
    const { graph, notes, file } = imported({
      nodes: [...rest.nodes, ['Softmax', ['logits'], 'probabilities', { axis: 1 }]],
      tensors: rest.tensors,
    });
    expect(graph!.layers.at(-1)!.kind).toBe('linear');
    expect(notes).toEqual([expect.stringContaining('The Softmax at the end is left out')]);
    expect(file).toMatchObject({ images: 'x', logits: 'logits' });
  });

  it.each(['Concat', 'Add', 'Sum', 'Mul', 'Relu', 'Conv'])('tells of a %s without inputs', (operator) => {
    expect(imported({ nodes: [[operator, [], 'y']] }).problems[0]!.reason).toMatch(/^It has no input/);
  });

  it('must be one number for each of several classes', () => {
    const reason = (nodes: TestModel['nodes']): string => imported({ nodes }).problems[0]!.reason;
    expect(reason([['Relu', ['x'], 'y']])).toContain('It gives 3 x 8 x 8 values for an image');
    expect(reason([['Sigmoid', ['x'], 'y']])).toContain('judges each class for itself');
  });

  it('is the first of several outputs, without what only the others need', () => {
    const rest = head('x', 3);
    const nodes: TestModel['nodes'] = [...rest.nodes, ['Relu', ['x'], 'other']];
    const { graph, notes } = imported({ nodes, tensors: rest.tensors, outputs: ['logits', 'other'] });
    expect(graph!.layers.map(({ kind }) => kind)).toEqual(['input', 'globalAveragePool', 'linear']);
    expect(notes[0]).toContain('It has 2 outputs; the first one, "logits", is trained');
  });
});

describe('what cannot be taken', () => {
  it('is told all at once, with node and operator, and not what follows from it', () => {
    const nodes: TestModel['nodes'] = [
      ['InstanceNormalization', ['x'], 'norm'],
      ['Relu', ['norm'], 'relu'],
      ['LSTM', ['relu'], 'lstm'],
      ['Clip', ['x'], 'clip', { min: { float: -1 } }],
      ['Add', ['lstm', 'clip'], 'sum'],
    ];
    expect(withHead(nodes).problems.map(({ node, operator }) => [node, operator])).toEqual([
      ['norm', 'InstanceNormalization'],
      ['lstm', 'LSTM'],
      ['clip', 'Clip'],
    ]);
  });

  it('is told for quantised networks and such with conditions', () => {
    expect(reasonsOf([['QLinearConv', ['x'], 'q']])[0]).toContain('The network is quantised');
    expect(reasonsOf([['If', ['x'], 'i']])[0]).toContain('without conditions and loops');
  });

  it('is a graph that is no graph', () => {
    const cycle: TestModel['nodes'] = [
      ['Add', ['x', 'b'], 'a'],
      ['Relu', ['a'], 'b'],
    ];
    expect(reasonsOf(cycle)).toEqual([expect.stringContaining('wait for each other')]);
    expect(reasonsOf([['Add', ['x', 'nothing'], 'a']])).toEqual([
      expect.stringContaining('reads "nothing", which nothing in the file gives'),
    ]);
    const twice: TestModel['nodes'] = [
      ['Relu', ['x'], 'a'],
      ['Relu', ['x'], 'a'],
    ];
    expect(reasonsOf(twice)).toEqual([expect.stringContaining('is given by something else as well')]);
    expect(imported({ nodes: [['Relu', ['x'], 'y']], input: ['n', 3, 8] }).problems[0]!.reason).toContain(
      'is [n, 3, 8]; images are',
    );
  });

  it('is weights that are no numbers', () => {
    const tensors = { 'conv.weight': [[4, 3, 1, 1], someValues(12).fill(NaN, 3, 4)] } satisfies TestModel['tensors'];
    expect(reasonsOf([['Conv', ['x', 'conv.weight'], 'c']], tensors)[0]).toContain('not finite numbers');
  });

  it('is bounded, however much it is, and found in no time', () => {
    const nodes: TestModel['nodes'] = Array.from({ length: 20_000 }, (_, index) => ['Erf', ['x'], `node${index}`]);
    const { problems } = imported({ nodes });
    expect(problems).toHaveLength(100);
    expect(problems.at(-1)!.reason).toBe('There are 19901 more problems.');
    const chain: TestModel['nodes'] = Array.from({ length: 20_000 }, (_, index) => [
      'Relu',
      [index === 0 ? 'x' : `r${index - 1}`],
      `r${index}`,
    ]);
    expect(withHead(chain).problems).toHaveLength(1);
  });
});

describe('sizes that the file leaves open', () => {
  it('are given, or asked for', () => {
    const model = { ...head('x', 3), input: ['n', 3, 'height', 'width'] };
    expect(imported(model).problems[0]!.reason).toContain('leaves height and width open: [n, 3, height, width]');
    const { graph } = imported(model, { size: { height: 12, width: 10 } });
    expect(graph!.layers[0]).toMatchObject({ kind: 'input', shape: { channels: 3, height: 12, width: 10 } });
  });
});

describe('images whose channels come last', () => {
  it('are taken where they are turned at once, with the features of a flattening in our order', () => {
    const nodes: TestModel['nodes'] = [
      ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
      ['Relu', ['t'], 'r'],
      ['Transpose', ['r'], 'u', { perm: [0, 2, 3, 1] }],
      ['Reshape', ['u', 'shape'], 'f'],
      ['MatMul', ['f', 'w'], 'y'],
    ];
    // The first unit reads feature [1, 0, 2] of [2, 2, 3], the second one none.
    const w = new Float32Array(24);
    w[(1 * 6 + 0 * 3 + 2) * 2] = 1;
    const { graph, tensors, file } = imported({
      nodes,
      tensors: { shape: integers(-1, 12), w: [[12, 2], w] },
      input: ['n', 2, 2, 3],
    });
    expect(graph!.layers.map(({ kind }) => kind)).toEqual(['input', 'relu', 'flatten', 'linear']);
    expect(file!.channelsLast).toBe(true);
    const wanted = new Float32Array(24);
    wanted[2 * 4 + 1 * 2 + 0] = 1;
    expect([...tensors.values()].find(({ shape }) => shape.length === 2)!.data).toEqual(wanted);
  });
});
