import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blockSize } from '../../src/engines/onnxruntime/blockSize';
import { computedChannels } from '../../src/engines/onnxruntime/computedChannels';
import { loadRuntime } from '../../src/engines/onnxruntime/runtime';
import { encodeOnnxNetwork } from '../../src/export/onnx';
import { initialState } from '../../src/network/initialState';
import { conv, globalAveragePool, input, linear, relu } from '../../src/network/layers';
import { temporaryFolder } from '../fixtures/temporaryFolder';

/** Whether onnxruntime keeps a convolution of these widths in its blocks: one that it does not is fused with its relu. */
async function isOutsideBlocks(inputs: number, outputs: number): Promise<boolean> {
  const layers = [
    input('input', { channels: 3, height: 8, width: 8 }),
    conv('first', 'input', inputs),
    relu('relu', 'first'),
    conv('second', 'relu', outputs),
    relu('relu2', 'second'),
    globalAveragePool('pool', 'relu2'),
    linear('classifier', 'pool', 2),
  ];
  const graph = { name: 'two', layers };
  const { parameters, statistics } = initialState(graph, 1);
  const about = {
    title: 'two',
    version: '1',
    input: { mean: [0, 0, 0], std: [1, 1, 1] },
    classes: ['a', 'b'],
    metadata: {},
  };
  const bytes = encodeOnnxNetwork({ graph, tensors: new Map([...parameters, ...statistics]), about });
  const optimizedModelFilePath = join(temporaryFolder(), 'optimized.onnx');
  const { InferenceSession } = await loadRuntime();
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath,
    logSeverityLevel: 3,
  });
  await session.release();
  return readFileSync(optimizedModelFilePath, 'latin1').includes('FusedConv');
}

test('a convolution leaves the blocks of onnxruntime where it says so', async () => {
  const block = await blockSize();
  const widths = [4, 5, 8, 10, 12, 16, 17, 18, 20, 22, 24, 32, 33];
  const outside = [];
  for (const inputs of widths)
    for (const outputs of [10, 16, 18]) if (await isOutsideBlocks(inputs, outputs)) outside.push([inputs, outputs]);
  const predicted = widths.flatMap((inputs) =>
    [10, 16, 18].flatMap((outputs) => (computedChannels(inputs, outputs, block) === null ? [[inputs, outputs]] : [])),
  );
  expect(outside).toEqual(predicted);
  expect(predicted.length).toBeGreaterThan(block > 1 ? 0 : -1);
});
