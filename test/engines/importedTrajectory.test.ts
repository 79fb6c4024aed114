import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/engines/engine';
import { decodeSafetensors } from '../../src/formats/safetensors';
import type { LayerGraph } from '../../src/network/graph';
import { parameterSpecs, statisticSpecs } from '../../src/network/parameters';
import type { NetworkState, TensorMap } from '../../src/network/state';
import { importedFile, pytorchFile } from '../fixtures/importedOnnx';
import { generator } from './pytorchTrajectory';
import { testedEngines } from './testedEngines';

/** The other side of test/fixtures/pytorch/makeImportedTrajectory.py: the same batches and steps, from the file that PyTorch exported. */

const [batchSize, classes, pixels] = [16, 5, 3 * 16 * 16];
const learningRate = 0.01;
const options = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-4 } };

const networks = ['mobile', 'dense'] as const;
const cases = (await testedEngines()).flatMap(({ title, blocked, open }) =>
  networks
    // A dilation keeps it from blocks.
    .filter((name) => !blocked || name !== 'dense')
    .map((name) => ({ title, name, blocked, open })),
);

describe.each(cases)('twenty steps of $name, imported, with $title', ({ name, blocked, open }) => {
  it('give the losses of PyTorch', async () => {
    const { graph, tensors } = await importedFile(pytorchFile(name, 'older-dynamic'));
    const wanted = await pytorchLosses(name);
    const compiled = await (await open()).compile(withoutDropout(graph!), options);
    expect(compiled.operators?.startsWith('Blocked') ?? false, compiled.operators ?? '').toBe(blocked);
    await compiled.writeState(startOf(graph!, tensors));
    for (const [step, loss] of wanted.losses.entries()) {
      const result = await compiled.step(batchOf(wanted.seeds[step]!), learningRate);
      expect(Math.abs(result.loss - loss) / loss, `loss of step ${step}`).toBeLessThan(1e-4);
      expect(result.correct, `right answers of step ${step}`).toBe(wanted.correct[step]);
    }
    await compiled.dispose();
    expect(wanted.losses).toHaveLength(20);
  });
});

async function pytorchLosses(name: string): Promise<Record<'seeds' | 'losses' | 'correct', number[]>> {
  const file = `test/fixtures/pytorch/onnx/${name}-losses.safetensors`;
  const tensors = decodeSafetensors(await readFile(file), file);
  const values = (each: string): number[] => [...tensors.get(each)!.data];
  return { seeds: values('seeds'), losses: values('losses'), correct: values('correct') };
}

/** Dropout makes its choices otherwise than PyTorch; nothing else is left to chance. */
function withoutDropout(graph: LayerGraph): LayerGraph {
  const layers = graph.layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate: 0 } : layer));
  return { ...graph, layers };
}

function startOf(graph: LayerGraph, tensors: TensorMap): NetworkState {
  const named = (specs: readonly { name: string }[]): TensorMap =>
    new Map(specs.map(({ name }) => [name, tensors.get(name)!]));
  const parameters = named(parameterSpecs(graph));
  const momenta = new Map(
    [...parameters].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]),
  );
  return { parameters, momenta, statistics: named(statisticSpecs(graph)) };
}

function batchOf(seed: number): Batch {
  const uniform = generator(seed);
  const images = Float32Array.from({ length: batchSize * pixels }, () => -2 + 4 * uniform());
  const labels = Int32Array.from({ length: batchSize }, () => Math.floor(classes * uniform()));
  return { count: batchSize, images, labels };
}
