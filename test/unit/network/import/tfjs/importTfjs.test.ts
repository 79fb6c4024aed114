import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../../src/base/errors';
import { plainLogits } from '../../../../../src/export/plainLogits';
import { readTfjs, type ReadKerasLayer } from '../../../../../src/formats/tfjsFile';
import type { Tensor } from '../../../../../src/formats/tensor';
import type { LayerGraph } from '../../../../../src/network/graph';
import { importTfjs } from '../../../../../src/network/import/tfjs/importTfjs';
import { parameterSpecs } from '../../../../../src/network/parameters';
import { imageShape } from '../../../../../src/network/shapes';
import { buildNetwork } from '../../../../../src/network/zoo';
import { compactResNet, lifelikeTensors, shareOfRange, someImages } from '../../../../fixtures/compactNetwork';
import { writeTfjs } from '../../../../fixtures/networkFiles';
import { someValues } from '../../../../fixtures/onnxModel';
import { randomNetwork } from '../../../../fixtures/randomNetwork';
import { temporaryFolder } from '../../../../fixtures/temporaryFolder';

/** A layer of a model that a test writes; it reads the one before it. */
type TestLayer = readonly [className: string, config?: Readonly<Record<string, unknown>>, inputs?: readonly string[]];

function imported(layers: readonly TestLayer[], weights: Readonly<Record<string, Tensor>> = {}, shape = [8, 8, 3]) {
  const read: ReadKerasLayer[] = [
    { name: 'images', className: 'InputLayer', config: { batch_input_shape: [null, ...shape] }, inputs: [], uses: 1 },
  ];
  for (const [className, config = {}, inputs] of layers)
    read.push({ name: `l${read.length}`, className, config, inputs: inputs ?? [read.at(-1)!.name], uses: 1 });
  const model = {
    file: 'model.json',
    name: 'net',
    layers: read,
    outputs: [],
    weights: new Map(Object.entries(weights)),
  };
  return importTfjs(model, { name: 'net' });
}

function tensor(...shape: number[]): Tensor {
  return { shape, data: someValues(shape.reduce((product, extent) => product * extent, 1)) };
}

/** Pooling and a dense layer of two units, `l{index}` and the one behind it. */
function head(index: number, channels: number): { layers: TestLayer[]; weights: Record<string, Tensor> } {
  const name = `l${index + 1}`;
  return {
    layers: [['GlobalAveragePooling2D'], ['Dense', { units: 2 }]],
    weights: { [`${name}/kernel`]: tensor(channels, 2), [`${name}/bias`]: tensor(2) },
  };
}

function layersOf(layers: readonly TestLayer[], channels = 3, weights: Readonly<Record<string, Tensor>> = {}) {
  const rest = head(layers.length + 1, channels);
  const { graph, problems } = imported([...layers, ...rest.layers], { ...weights, ...rest.weights });
  expect(problems).toEqual([]);
  return graph!.layers.slice(1, -2);
}

function reasonOf(layer: TestLayer, weights: Readonly<Record<string, Tensor>> = {}): string {
  const rest = head(2, 3);
  return imported([layer, ...rest.layers], { ...weights, ...rest.weights }).problems[0]!.reason;
}

async function returned(graph: LayerGraph) {
  return importTfjs(await readTfjs(await writeTfjs(temporaryFolder(), graph)), { name: graph.name });
}

describe('networks that SFP Lab exported', () => {
  const shape = { channels: 3, height: 32, width: 32 };

  it('compute the same', async () => {
    const graphs = ['resnet20'].map((arch) => buildNetwork(arch, shape, 10));
    for (const graph of [...graphs, compactResNet]) expectSame(graph, await returned(graph));
  });

  it('compute the same, whatever layers they have that TensorFlow.js has too', async () => {
    await fc.assert(
      fc.asyncProperty(randomNetwork, async (graph) => {
        try {
          expectSame(graph, await returned(graph));
        } catch (error) {
          // Some layers cannot be exported so.
          if (!(error instanceof UserError)) throw error;
        }
      }),
      { numRuns: 60 },
    );
  });
});

function expectSame(
  graph: LayerGraph,
  { graph: came, tensors: values, problems }: Awaited<ReturnType<typeof returned>>,
) {
  expect(problems).toEqual([]);
  const tensors = lifelikeTensors(graph);
  for (const { name, role } of parameterSpecs(graph))
    // Slopes, and weights of depthwise convolutions with dilation, have another form in Keras.
    if (role === 'linearWeight' || role === 'batchNormScale') expect(values.get(name)).toEqual(tensors.get(name));
  const images = someImages(imageShape(graph), 2);
  const wanted = plainLogits(graph, tensors, images, 2);
  const found = plainLogits(came!, values, images, 2);
  if (new Set(wanted).size === 1) expect(found[0]).toBeCloseTo(wanted[0]!, 4);
  else expect(shareOfRange(found, wanted)).toBeLessThan(1e-6);
}

describe('layers of Keras', () => {
  it('are padded as TensorFlow pads', () => {
    const kernel = { 'l1/kernel': tensor(3, 3, 3, 4), 'l1/bias': tensor(4) };
    const same = { filters: 4, kernel_size: [3, 3], padding: 'same' };
    expect(layersOf([['Conv2D', same]], 4, kernel)).toMatchObject([
      { kind: 'conv', padding: 1, bias: true, name: 'l1' },
    ]);
    expect(layersOf([['Conv2D', { ...same, strides: [2, 2] }]], 4, kernel)).toMatchObject([
      { kind: 'pad', margins: { top: 0, left: 0, bottom: 1, right: 1 } },
      { kind: 'conv', padding: 0, stride: 2, name: 'l1' },
    ]);
    const pool = { pool_size: [3, 3], strides: [2, 2], padding: 'same' };
    expect(layersOf([['MaxPooling2D', pool]])).toMatchObject([{ kind: 'maxPool', padding: 0, ceil: true }]);
    expect(layersOf([['AveragePooling2D', pool]])).toMatchObject([
      { kind: 'averagePool', ceil: true, countsPadding: false },
    ]);
  });

  it('end with the function that they name', () => {
    const weights = { 'l1/kernel': tensor(1, 1, 3, 4) };
    const convolution = { filters: 4, kernel_size: 1, use_bias: false, activation: 'relu6' };
    expect(layersOf([['Conv2D', convolution]], 4, weights).map(({ kind, name }) => [kind, name])).toEqual([
      ['conv', 'l1'],
      ['relu6', 'l1.activation'],
    ]);
    expect(reasonOf(['Activation', { activation: 'tanh' }])).toContain('"tanh", for which there is no layer');
    expect(reasonOf(['Activation', { activation: 'hard_sigmoid' }])).toContain('no layer');
  });

  it('keep the share of batch norm that is new, and scale and shift where they have none', () => {
    const weights = {
      'l1/moving_mean': tensor(3),
      'l1/moving_variance': { shape: [3], data: Float32Array.of(1, 2, 3) },
    };
    const config = { momentum: 0.99, epsilon: 0.001, scale: false, center: false };
    expect(layersOf([['BatchNormalization', config]], 3, weights)).toMatchObject([
      { kind: 'batchNorm', momentum: 0.01, epsilon: 0.001 },
    ]);
  });

  it('separate convolutions become two', () => {
    const weights = {
      'l1/depthwise_kernel': tensor(3, 3, 3, 2),
      'l1/pointwise_kernel': tensor(1, 1, 6, 4),
      'l1/bias': tensor(4),
    };
    expect(
      layersOf([['SeparableConv2D', { filters: 4, kernel_size: [3, 3], padding: 'same' }]], 4, weights),
    ).toMatchObject([
      { kind: 'conv', groups: 3, filters: 6, bias: false, name: 'l1.depthwise' },
      { kind: 'conv', groups: 1, filters: 4, bias: true, name: 'l1' },
    ]);
  });

  it('that gate channels are multiplied by them', () => {
    const weights = { 'l2/kernel': tensor(3, 3), 'l2/bias': tensor(3) };
    const gate: TestLayer[] = [
      ['GlobalAveragePooling2D'],
      ['Dense', { units: 3, activation: 'sigmoid' }],
      ['Reshape', { target_shape: [1, 1, 3] }],
      ['Multiply', {}, ['l3', 'images']],
    ];
    expect(layersOf(gate, 3, weights).at(-1)).toMatchObject({ kind: 'multiply', inputs: ['images', 'l2.activation'] });
  });

  it('say why they cannot be had', () => {
    expect(reasonOf(['Lambda'])).toBe('There is no layer for it here.');
    expect(reasonOf(['Rescaling'])).toContain('leave that to the data set');
    expect(reasonOf(['Sequential'])).toContain('a model within the model');
    expect(reasonOf(['Conv2D', { kernel_size: [1, 1] }])).toContain('no weights "l1/kernel"');
    expect(reasonOf(['MaxPooling2D', { strides: [1, 2] }])).toContain('height and width must have the same');
    expect(reasonOf(['Flatten', {}, ['nothing']])).toContain('reads "nothing"');
    expect(reasonOf(['Flatten', {}, ['l2']])).toContain('waits for layers that wait for it');
    expect(reasonOf(['LeakyReLU', { alpha: '1' }])).toContain('is no number');
  });

  it('flatten images whose channels come last, and the softmax at the end is left out', () => {
    // The first unit reads feature [1, 0, 2] of [2, 2, 3].
    const kernel = new Float32Array(24);
    kernel[(1 * 6 + 0 * 3 + 2) * 2] = 1;
    const { graph, tensors, notes } = imported(
      [['Flatten'], ['Dense', { units: 2, activation: 'softmax' }]],
      { 'l2/kernel': { shape: [12, 2], data: kernel }, 'l2/bias': tensor(2) },
      [2, 2, 3],
    );
    const wanted = new Float32Array(24);
    wanted[2 * 4 + 1 * 2 + 0] = 1;
    expect(tensors.get('l2.weight')!.data).toEqual(wanted);
    expect(graph!.layers.map(({ kind }) => kind)).toEqual(['input', 'flatten', 'linear']);
    expect(notes).toEqual([expect.stringContaining('The softmax at the end is left out')]);
  });
});

describe('a model.json', () => {
  async function changed(change: (document: Record<string, unknown>, text: string) => unknown): Promise<string> {
    const file = await writeTfjs(temporaryFolder(), compactResNet);
    const text = await readFile(file, 'utf8');
    const other = change(JSON.parse(text) as Record<string, unknown>, text);
    await writeFile(file, typeof other === 'string' ? other : JSON.stringify(other));
    return file;
  }

  async function refusal(file: string): Promise<string> {
    const error: unknown = await readTfjs(file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }

  const withPaths = (...paths: string[]) =>
    changed((document) => {
      const [{ weights }] = document.weightsManifest as [{ weights: unknown }];
      return { ...document, weightsManifest: [{ paths, weights }] };
    });

  it('takes weights from its folder only, and no more than it needs', async () => {
    for (const path of ['../weights.bin', '/etc/passwd', 'sub/weights.bin'])
      expect(await refusal(await withPaths(path))).toContain('must be in files of the same folder');
    expect(await refusal(await withPaths('missing.bin'))).toContain('which is not there');
    expect(await refusal(await withPaths())).toContain('but their files have 0');
    const twice = await withPaths('weights.bin', 'weights.bin');
    expect(await refusal(twice)).toContain('larger than such a file can be');
  });

  it('may have its weights in several files', async () => {
    const file = await withPaths('a.bin', 'b.bin');
    const bytes = await readFile(join(dirname(file), 'weights.bin'));
    await writeFile(join(dirname(file), 'a.bin'), bytes.subarray(0, 1001));
    await writeFile(join(dirname(file), 'b.bin'), bytes.subarray(1001));
    expectSame(compactResNet, importTfjs(await readTfjs(file), { name: 'net' }));
  });

  it('is refused where it is something else', async () => {
    expect(await refusal(await changed(() => '[]'))).toContain('is not a whole TensorFlow.js LayersModel');
    expect(await refusal(await changed((document) => ({ ...document, format: 'graph-model' })))).toContain(
      'cannot be trained',
    );
    expect(await refusal(await changed((document) => ({ ...document, modelTopology: {} })))).toContain(
      'no layers of Keras',
    );
    const huge = await changed((document) => ({
      ...document,
      weightsManifest: [
        { paths: ['weights.bin'], weights: [{ name: 'w', shape: [2 ** 31, 2 ** 31], dtype: 'float32' }] },
      ],
    }));
    expect(await refusal(huge)).toContain('up to 2 GB');
  });

  it('has layers in the ways of Keras 2 and 3', async () => {
    const history = (name: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } });
    const file = await changed((document) => {
      const topology = document.modelTopology as {
        model_config: { config: { layers: { inbound_nodes: unknown[] }[] } };
      };
      for (const layer of topology.model_config.config.layers) {
        const [node] = layer.inbound_nodes as [[string][]?];
        const names = node?.map(([name]) => name) ?? [];
        const args = names.length > 1 ? [names.map(history)] : names.map(history);
        layer.inbound_nodes = names.length > 0 ? [{ args, kwargs: {} }] : [];
      }
      return document;
    });
    expectSame(compactResNet, importTfjs(await readTfjs(file), { name: 'net' }));
  });
});
