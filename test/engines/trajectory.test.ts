import { describe, expect, it } from 'vitest';
import { onnxruntimeEngine, type OnnxruntimeOptions } from '../../src/engines/onnxruntime';
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

const settings: OnnxruntimeOptions[] = [{ optimization: 'disabled' }, { optimization: 'all' }];

describe.each(settings)('ten steps of ResNet-20 with onnxruntime %o', (options) => {
  it('follow PyTorch in losses, weights, momenta, running statistics and logits', async () => {
    const { state, batches, evaluation } = startAndBatches();
    const engine = await onnxruntimeEngine(options);
    const compiled = await engine.compile(network, compileOptions);
    await compiled.writeState(state);
    const results = [];
    for (const [step, batch] of batches.entries()) results.push(await compiled.step(batch, learningRates[step]!));
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
});
