import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { openedAdapter } from '../../src/engines/onnxruntime/adapter';
import { runIsolated } from '../../src/engines/onnxruntime/isolatedRun';
import type { LayerGraph } from '../../src/network/graph';
import { initialState } from '../../src/network/initialState';
import {
  add,
  averagePool,
  batchNorm,
  channelScatter,
  concat,
  conv,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  hardSwish,
  input,
  linear,
  maxPool,
  multiply,
  pad,
  prelu,
  relu,
  relu6,
  silu,
  subsamplePad,
} from '../../src/network/layers';
import { imageShape } from '../../src/network/shapes';
import { randomStream } from '../../src/base/random';
import { everyLayer } from './everyLayer';
import {
  compileOptions,
  expected,
  learningRates,
  network,
  relativeDifference,
  startAndBatches,
  worstDifference,
} from './pytorchTrajectory';
import { batchSize, randomBatches, randomState } from './randomTraining';
import { missing, withSwiftShader } from './swiftShader';

/** As for the CPU: float32 on another device rounds no worse. */
const tolerance = 1e-4;

if (missing !== null) console.warn(`Not tested: WebGPU. ${missing}`);

const oddNetwork: LayerGraph = {
  name: 'odd',
  layers: [
    input('input', { channels: 2, height: 7, width: 7 }),
    conv('first', 'input', 5),
    conv('second', 'first', 6, { stride: 2 }),
    conv('third', 'first', 4, { size: 1, stride: 2 }),
    subsamplePad('shortcut', 'first', 2, 1),
    channelScatter('scatter', 'third', 6, [5, 0, 3, 2]),
    add('both', 'second', 'scatter'),
    add('sum', 'both', 'shortcut'),
    relu('relu', 'sum'),
    globalAveragePool('pool', 'relu'),
    linear('classifier', 'pool', 4),
  ],
};

/** Layers of other people's networks. */
const widerNetwork: LayerGraph = {
  name: 'wider',
  layers: [
    input('input', { channels: 2, height: 9, width: 9 }),
    conv('first', 'input', 6, { bias: true }),
    batchNorm('norm', 'first'),
    relu6('relu6', 'norm'),
    conv('depthwise', 'relu6', 6, { groups: 6, stride: 2 }),
    conv('grouped', 'relu6', 6, { groups: 3, stride: 2, dilation: 2, padding: 2 }),
    maxPool('largest', 'norm', { size: 3, stride: 2, padding: 1 }),
    averagePool('means', 'norm', { size: 3, stride: 2, padding: 1, countsPadding: false }),
    add('sum', 'depthwise', 'grouped', 'means'),
    concat('both', 'sum', 'largest'),
    silu('silu', 'both'),
    globalAveragePool('squeezed', 'silu'),
    conv('excited', 'squeezed', 12, { size: 1, bias: true }),
    hardSigmoid('factors', 'excited'),
    multiply('scaled', 'silu', 'factors'),
    prelu('prelu', 'scaled', true),
    pad('wide', 'prelu', { top: 1, left: 0, bottom: 0, right: 2 }),
    hardSwish('swish', 'wide'),
    globalMaxPool('pool', 'swish'),
    dropout('dropout', 'pool', 0.3),
    flatten('flat', 'dropout'),
    linear('classifier', 'flat', 4),
  ],
};

const onSoftware = { device: 'webgpu', softwareAdapter: true } as const;

describe.skipIf(missing !== null)('onnxruntime on WebGPU', () => {
  it(
    'follows PyTorch for twenty steps in losses, weights, momenta, running statistics and logits',
    { timeout: 600_000 },
    async () => {
      const { state, batches, evaluation } = startAndBatches();
      const steps = batches.map((batch, index) => ({ batch, learningRate: learningRates[index]! }));
      const reached = await withSwiftShader('training', {
        engine: onSoftware,
        network,
        options: compileOptions,
        start: state,
        steps,
        evaluation,
      });

      expect(reached.device).toContain('SwiftShader');
      const losses = reached.results.map(({ loss }) => loss);
      expect(relativeDifference(losses, expected.get('losses')!.data)).toBeLessThan(tolerance);
      expect(reached.results.map(({ correct }) => correct)).toEqual([...expected.get('correct')!.data]);
      expect(relativeDifference(reached.logits, expected.get('logits')!.data)).toBeLessThan(tolerance);
      for (const group of ['parameters', 'momenta', 'statistics'] as const) {
        const worst = worstDifference(group, reached.state[group]);
        expect(worst.difference, `${group} of ${worst.name}`).toBeLessThan(tolerance);
      }

      const cpu = await (
        await onnxruntimeEngine({ threads: 1, convolutions: 'plain' })
      ).compile(network, compileOptions);
      await cpu.writeState(state);
      expect(relativeDifference(reached.logitsOfStart, await cpu.predict(evaluation))).toBeLessThan(tolerance);
      await cpu.dispose();
    },
  );

  it.each([
    { what: 'odd sizes, 1x1 kernels, and a network without statistics', graph: oddNetwork },
    { what: "layers of other people's networks", graph: widerNetwork },
  ])('gives what the CPU gives for $what', async ({ graph }) => {
    const random = randomStream(3, 'odd');
    const { channels, height, width } = imageShape(graph);
    const batchOf = (count: number) => ({
      count,
      images: Float32Array.from({ length: count * channels * height * width }, () => random.normal()),
      labels: Int32Array.from({ length: count }, () => random.below(4)),
    });
    const steps = [0.1, 0.1].map((learningRate) => ({ batch: batchOf(3), learningRate }));
    const [start, evaluation] = [initialState(graph, 5), batchOf(2)];
    const options = { batchSize: 3, optimizer: { momentum: 0.9, nesterov: false, weightDecay: 0 } };
    const task = { network: graph, options, start, steps, evaluation };
    const reached = await withSwiftShader('training', { ...task, engine: onSoftware });

    const cpu = await (await onnxruntimeEngine({ threads: 1 })).compile(graph, options);
    await cpu.writeState(start);
    for (const [index, { batch, learningRate }] of steps.entries()) {
      const { loss, correct } = await cpu.step(batch, learningRate);
      expect(reached.results[index]?.loss).toBeCloseTo(loss, 4);
      expect(reached.results[index]?.correct).toBe(correct);
    }
    expect(relativeDifference(reached.logits, await cpu.predict(evaluation))).toBeLessThan(tolerance);
    for (const [name, { data }] of (await cpu.readState()).momenta)
      expect(relativeDifference(reached.state.momenta.get(name)!.data, data), name).toBeLessThan(tolerance);
    await cpu.dispose();
  });

  it('holds rows at zero and adds up importance as the CPU does', async () => {
    const graph = everyLayer({ channels: 3, height: 8, width: 8 }, 10);
    const importanceOf = new Map([
      ['batch norm', ['stem.bn.weight', 'stem.bn.bias']],
      ['filters', ['plain.conv.weight']],
      ['units', ['classifier.weight', 'classifier.bias']],
    ]);
    const options = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-3 }, importanceOf };
    const everyOther = (rows: number) => Uint8Array.from({ length: rows }, (_, row) => row % 2);
    const held = new Map([
      ['plain.conv.weight', everyOther(16)],
      ['stem.bn.bias', everyOther(16)],
      ['classifier.weight', everyOther(10)],
    ]);
    const [start, [evaluation, ...batches]] = [randomState(graph), randomBatches(graph, 5) as [Batch, ...Batch[]]];
    const steps = batches.map((batch) => ({ batch, learningRate: 0.01 }));
    const task = { engine: onSoftware, network: graph, options, start, steps, evaluation, held };
    const reached = await withSwiftShader('training', task);

    const cpu = await (await onnxruntimeEngine({ threads: 1, convolutions: 'plain' })).compile(graph, options);
    await cpu.writeState(start);
    for (const [index, { batch, learningRate }] of steps.entries()) {
      await cpu.step(batch, learningRate);
      if (index === 0) await cpu.hold(held);
    }
    const [expectedState, expectedImportance] = [await cpu.readState(), await cpu.readImportance()];
    await cpu.dispose();
    for (const group of ['parameters', 'momenta', 'statistics'] as const)
      for (const [name, { shape, data }] of expectedState[group]) {
        const own = reached.state[group].get(name)!.data;
        expect(relativeDifference(own, data), `${group} of ${name}`).toBeLessThan(tolerance);
        const heldValues = own.filter(
          (_, index) => group !== 'statistics' && held.get(name)?.[Math.floor((index * shape[0]!) / own.length)] === 0,
        );
        expect([...heldValues].every((value) => value === 0)).toBe(true);
      }
    expect(reached.importance.steps).toBe(4);
    for (const [set, sums] of expectedImportance.rows)
      expect(relativeDifference(reached.importance.rows.get(set)!, sums), set).toBeLessThan(10 * tolerance);
  });

  it('refuses sessions with a node that would run on the CPU', async () => {
    expect(await withSwiftShader('refusedOperator', 'Relu')).toBeNull();
    expect(await withSwiftShader('refusedOperator', 'Sign')).toContain(
      'fallback to CPU EP has been explicitly disabled',
    );
  });

  it('refuses a software adapter that is not asked for', async () => {
    const { listed, webgpu, refusal, device } = await withSwiftShader('findings');
    expect(listed.map((each) => each.device)).toEqual(['cpu', 'webgpu', 'cuda', 'dml']);
    expect(listed[0]?.available).toBe(true);
    expect(listed[1]).toEqual({ device: 'webgpu', available: false, reason: webgpu.reason });
    expect(webgpu.adapter?.kind).toBe('software');
    expect(webgpu.reason).toMatch(/finds only a software adapter \(SwiftShader/);
    expect(refusal).toContain(webgpu.reason);
    expect(device).toMatch(/^Software adapter by WebGPU \(SwiftShader/);
  });
});

describe('a run in a process of its own', () => {
  it('outlives a process that crashes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sfp-isolated-'));
    const crash = join(folder, 'crash.cjs');
    await writeFile(crash, 'process.abort();');
    vi.stubEnv('NODE_OPTIONS', `--require ${JSON.stringify(crash)}`);
    const result = await runIsolated({ model: new Uint8Array(), options: {}, feeds: {} });
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
    expect(result).toMatchObject({ failure: expect.stringMatching(/^its process ended with /) as string });
  });

  it("passes on onnxruntime's words", async () => {
    const result = await runIsolated({ model: new Uint8Array([1, 2, 3]), options: {}, feeds: {} });
    expect(result).toMatchObject({ failure: expect.stringMatching(/protobuf/i) as string });
  });
});

describe('the adapter that WebGPU opened', () => {
  const device = (id: string, type: number, metadata = '') =>
    `[I:onnxruntime:, device_discovery_common.cc:34 operator()] Discovered OrtHardwareDevice {vendor_id:0x${id}, device_id:0x1, vendor:, type:${type}, metadata: [${metadata}]}\n`;
  const listed = (...names: string[]) =>
    names.map((name, index) => `[Vulkan Loader] INFO | DRIVER:             [${index}] ${name}  \n`).join('');

  it('is the one that Vulkan says it uses', () => {
    const log = `${listed('Radeon', 'llvmpipe')}[Vulkan Loader] DRIVER:   Using "llvmpipe (LLVM 15.0.6, 256 bits)" with driver: "libvulkan_lvp.so"\n`;
    expect(openedAdapter(log, 'linux')).toEqual({ kind: 'software', name: 'llvmpipe (LLVM 15.0.6, 256 bits)' });
    const card = '[Vulkan Loader] DRIVER:   Using "NVIDIA H100" with driver: "libGLX_nvidia.so.0"\n';
    expect(openedAdapter(card, 'linux')).toEqual({ kind: 'hardware', name: 'NVIDIA H100' });
  });

  it('is a graphics card where Vulkan lists one, and otherwise what it lists', () => {
    expect(openedAdapter(listed('llvmpipe (LLVM 15)', 'Intel(R) UHD Graphics'), 'linux')).toEqual({
      kind: 'hardware',
      name: 'Intel(R) UHD Graphics',
    });
    expect(openedAdapter(listed('llvmpipe (LLVM 15)'), 'linux').kind).toBe('software');
    expect(openedAdapter(device('10de', 1), 'linux')).toEqual({ kind: 'unknown', name: null });
  });

  it("is Windows' fastest card, or its software adapter without one", () => {
    const slow = device('8086', 1, 'Description=Intel UHD, DxgiHighPerformanceIndex=1, DxgiAdapterNumber=0, ');
    const fast = device('10de', 1, 'DxgiHighPerformanceIndex=0, Description=NVIDIA GeForce RTX 4070, ');
    expect(openedAdapter(slow + fast, 'win32')).toEqual({ kind: 'hardware', name: 'NVIDIA GeForce RTX 4070' });
    expect(openedAdapter(device('8086', 0), 'win32')).toEqual({ kind: 'software', name: null });
    expect(openedAdapter(device('1414', 1, 'Description=Microsoft Basic Render Driver, '), 'win32').kind).toBe(
      'software',
    );
  });

  it('is always a graphics card on macOS', () => {
    expect(openedAdapter(device('106b', 1), 'darwin')).toEqual({ kind: 'hardware', name: 'Apple' });
    expect(openedAdapter('', 'darwin')).toEqual({ kind: 'hardware', name: null });
  });
});
