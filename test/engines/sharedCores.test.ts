import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { randomStream } from '../../src/base/random';
import type { CompiledNetwork } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { compileNetwork } from '../../src/engines/onnxruntime/compiledNetwork';
import { runIsolated } from '../../src/engines/onnxruntime/isolatedRun';
import { loadRuntime, sessionOptions } from '../../src/engines/onnxruntime/runtime';
import { sampleGraph, sampleOptions } from '../../src/engines/onnxruntime/sampleNetwork';
import { sharedCores } from '../../src/engines/onnxruntime/sharedCores';
import { usableConvolutions } from '../../src/engines/onnxruntime/usableConvolutions';
import { ModelBuilder } from '../../src/formats/onnx/modelBuilder';
import { initialState } from '../../src/network/initialState';
import { buildNetwork } from '../../src/network/zoo';
import { convolutionKinds } from './convolutionKinds';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const batchSize = 16;
const options = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-4 } };
const optimization = 'all';

describe.each(await convolutionKinds())('ResNet-20 with %s convolutions', (kind) => {
  it('trains to the same bits on any number of threads, whether they share the cores or not', async () => {
    const runtime = await loadRuntime();
    const convolutions = await usableConvolutions(runtime, { threads: 1, optimization }, kind);
    const trainedBy = async (threads: number, sharesCores: boolean): Promise<Trained> =>
      trained(await compileNetwork(runtime, graph, options, { threads, optimization, sharesCores, convolutions }));

    const expected = await trainedBy(2, false);
    expect(expected.losses.every(Number.isFinite)).toBe(true);
    for (const threads of [1, 2, 3]) expect(await trainedBy(threads, true), `${threads} threads`).toEqual(expected);
  });
});

describe('sharing the cores', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is asked for by every session of a network', async () => {
    const create = vi.spyOn((await loadRuntime()).InferenceSession, 'create');
    const engine = await onnxruntimeEngine({ threads: 2, convolutions: 'plain' });
    await (await engine.compile(sampleGraph, sampleOptions)).dispose();
    const asked = create.mock.calls.map((call: readonly unknown[]) => call.at(-1));
    expect(asked.length).toBeGreaterThan(0);
    for (const each of asked) expect(each).toMatchObject({ extra: { session: sharedCores } });
  });

  it.each([
    { setting: 'intra_op.spin_duration_us', word: /spin_duration_us.*default/ },
    { setting: 'dynamic_block_base', word: /stoi/ },
  ])(
    'goes by the setting $setting, which this onnxruntime knows: it objects to nonsense',
    async ({ setting, word }) => {
      const said = async (extra: Record<string, unknown>): Promise<string> => {
        const asked = sessionOptions({ threads: 2, optimization, sharesCores: true });
        const result = await runIsolated({
          model: relu(),
          options: { ...asked, logSeverityLevel: 2, extra: { ...asked.extra, ...extra } },
          feeds: { x: { type: 'float32', data: Float32Array.of(-1, 1), dims: [2] } },
        });
        return `${result.log}\n${'failure' in result ? result.failure : ''}`;
      };
      expect(await said({})).not.toMatch(word);
      expect(await said({ [`session.${setting}`]: 'nonsense', session: {} })).toMatch(word);
    },
  );
});

function relu(): Uint8Array {
  const model = new ModelBuilder();
  model.output('y', model.node('Relu', [model.input('x', [2])]), [2]);
  return model.toBytes();
}

interface Trained {
  readonly losses: readonly number[];
  /** Of the whole state and of logits. */
  readonly digest: string;
}

/** What three steps make of the network, which is disposed of. */
async function trained(network: CompiledNetwork): Promise<Trained> {
  try {
    await network.writeState(initialState(graph, 1));
    const random = randomStream(1, 'shared cores');
    const batch = {
      count: batchSize,
      images: Float32Array.from({ length: batchSize * 3 * 32 * 32 }, () => random.normal()),
      labels: Int32Array.from({ length: batchSize }, () => random.below(10)),
    };
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) losses.push((await network.step(batch, 0.05)).loss);
    const { parameters, momenta, statistics } = await network.readState();
    const hash = createHash('sha256');
    for (const tensors of [parameters, momenta, statistics])
      for (const { data } of tensors.values())
        hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const logits = await network.predict(batch);
    return {
      losses,
      digest: hash.update(new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength)).digest('hex'),
    };
  } finally {
    await network.dispose();
  }
}
