import { describe, expect, it } from 'vitest';
import type { CompiledNetwork } from '../../src/engines/engine';
import { onnxruntimeEngine, type OnnxruntimeOptions } from '../../src/engines/onnxruntime';
import type { NetworkState } from '../../src/network/state';
import { convolutionKinds } from './convolutionKinds';
import {
  compileOptions,
  expected,
  learningRates,
  network,
  relativeDifference,
  startAndBatches,
  worstDifference,
} from './pytorchTrajectory';

const tolerance = 1e-4;

const settings: OnnxruntimeOptions[] = (await convolutionKinds()).flatMap((convolutions) => [
  { convolutions, optimization: 'disabled' as const },
  { convolutions, optimization: 'all' as const },
]);

describe.each(settings)('ten steps of ResNet-20 with onnxruntime %o', (options) => {
  it('follow PyTorch in losses, weights, momenta, running statistics and logits', async () => {
    const { state, evaluation } = startAndBatches();
    const compiled = await compile(options, state);
    const results = await tenSteps(compiled);
    const logits = await compiled.predict(evaluation);
    const reached = await compiled.readState();
    await compiled.dispose();

    const losses = results.map(({ loss }) => loss);
    expect(relativeDifference(losses, expected.get('losses')!.data)).toBeLessThan(tolerance);
    expect(results.map(({ correct }) => correct)).toEqual([...expected.get('correct')!.data]);
    expect(relativeDifference(logits, expected.get('logits')!.data)).toBeLessThan(tolerance);
    for (const group of ['parameters', 'momenta', 'statistics'] as const) {
      const worst = worstDifference(group, reached[group]);
      expect(worst.difference, `${group} of ${worst.name}`).toBeLessThan(tolerance);
    }
  });

  it('are equal to the bit when they are done again by a network compiled anew', async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const compiled = await compile(options, startAndBatches().state);
      const results = await tenSteps(compiled);
      runs.push({ results, state: await compiled.readState() });
      await compiled.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
  });
});

async function compile(options: OnnxruntimeOptions, state: NetworkState): Promise<CompiledNetwork> {
  const compiled = await (await onnxruntimeEngine(options)).compile(network, compileOptions);
  await compiled.writeState(state);
  return compiled;
}

async function tenSteps(compiled: CompiledNetwork) {
  const results = [];
  for (const [step, batch] of startAndBatches().batches.entries())
    results.push(await compiled.step(batch, learningRates[step]!));
  return results;
}
