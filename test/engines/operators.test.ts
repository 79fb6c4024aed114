import { expect, it } from 'vitest';
import { onnxruntimeEngine, type OnnxruntimeOptions } from '../../src/engines/onnxruntime';
import { blockSize } from '../../src/engines/onnxruntime/blockSize';
import type { LayerGraph } from '../../src/network/graph';
import { conv, globalAveragePool, input, linear } from '../../src/network/layers';

function networkOf(filters: number, stride = 1, side = 8): LayerGraph {
  return {
    name: 'net',
    layers: [
      input('images', { channels: 3, height: side, width: side }),
      conv('wide', 'images', filters),
      conv('strided', 'wide', filters, { stride }),
      globalAveragePool('pool', 'strided'),
      linear('classifier', 'pool', 4),
    ],
  };
}

async function operatorsOf(
  graph: LayerGraph,
  batchSize = 16,
  options: OnnxruntimeOptions = {},
): Promise<string | null> {
  const engine = await onnxruntimeEngine({ threads: 1, ...options });
  const optimizer = { momentum: 0.9, nesterov: true, weightDecay: 5e-4 };
  const compiled = await engine.compile(graph, { batchSize, optimizer });
  await compiled.dispose();
  return compiled.operators;
}

it('a network says which operators it is built of, and why not of faster ones', async () => {
  const block = await blockSize();
  const none = 'Plain operators: onnxruntime has no blocked ones for this processor.';
  const said = (sentence: string) => (block === 1 ? none : sentence);
  expect(await operatorsOf(networkOf(16))).toBe(said(`Blocked operators, ${block} channels at a time.`));
  expect(await operatorsOf(networkOf(16, 2, 9))).toBe(
    said(
      `Blocked operators, ${block} channels at a time, but for strided, which has a stride of 2 that does not divide 9.`,
    ),
  );
  expect(await operatorsOf(networkOf(16), 20)).toBe(
    said(`Plain operators: a batch of 20 is no whole number of blocks of ${block}.`),
  );
  expect(await operatorsOf(networkOf(2))).toBe(
    said(`Plain operators: the layers are narrow, so that whole blocks of ${block} would more than double them.`),
  );
  expect(await operatorsOf(networkOf(16), 16, { convolutions: 'plain' })).toBe('Plain operators.');
});
