import { describe, expect, it } from 'vitest';
import type { BatchResult, CompiledNetwork, Engine } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { tensorflowEngine } from '../../src/engines/tensorflow';
import { convolutionKinds } from './convolutionKinds';
import { compileOptions, learningRates, relativeDifference, trajectories, type Trajectory } from './pytorchTrajectory';
import { testedTensorflow } from './testedTensorflow';

/** Relative to the largest value of what is compared. */
const tolerance = { losses: 1e-4, state: 1e-3 };

interface TestedEngine {
  readonly title: string;
  readonly open: () => Promise<Engine>;
}

const installation = await testedTensorflow();
const engines: readonly TestedEngine[] = [
  ...(installation
    ? (['NHWC', 'NCHW'] as const).map((dataFormat) => ({
        title: `tensorflow, ${dataFormat}`,
        open: () => tensorflowEngine({ installation, dataFormat }),
      }))
    : []),
  ...(await convolutionKinds()).flatMap((convolutions) =>
    (['disabled', 'all'] as const).map((optimization) => ({
      title: `onnxruntime, ${convolutions} convolutions, optimization ${optimization}`,
      open: () => onnxruntimeEngine({ convolutions, optimization }),
    })),
  ),
];

const cases = engines.flatMap(({ title, open }) =>
  trajectories.map((trajectory) => ({ title, name: trajectory.network.name, open, trajectory })),
);

if (!installation) it.skip('twenty steps with tensorflow: not set up, see sfp engines setup', () => undefined);

describe.each(cases)('twenty steps of $name with $title', ({ open, trajectory }) => {
  it('follow PyTorch in losses, weights, momenta, running statistics and logits', async () => {
    const { expected, startAndBatches, worstDifference } = trajectory;
    const compiled = await compile(await open(), trajectory);
    const results = await allSteps(compiled, trajectory);
    const logits = await compiled.predict(startAndBatches().evaluation);
    const reached = await compiled.readState();
    await compiled.dispose();

    const wanted = [...expected.get('losses')!.data];
    for (const [step, { loss }] of results.entries())
      expect(relativeDifference([loss], [wanted[step]!]), `loss of step ${step}`).toBeLessThan(tolerance.losses);
    expect(results.map(({ correct }) => correct)).toEqual([...expected.get('correct')!.data]);
    expect(relativeDifference(logits, expected.get('logits')!.data)).toBeLessThan(tolerance.state);
    for (const group of ['parameters', 'momenta', 'statistics'] as const) {
      const worst = worstDifference(group, reached[group]);
      expect(worst.difference, `${group} of ${worst.name}`).toBeLessThan(tolerance.state);
    }
  });

  it('are equal to the bit when they are done again by a network compiled anew', async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const compiled = await compile(await open(), trajectory);
      const results = await allSteps(compiled, trajectory);
      runs.push({ results, state: await compiled.readState() });
      await compiled.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
  });
});

async function compile(engine: Engine, { network, startAndBatches }: Trajectory): Promise<CompiledNetwork> {
  const compiled = await engine.compile(network, compileOptions);
  await compiled.writeState(startAndBatches().state);
  return compiled;
}

async function allSteps(compiled: CompiledNetwork, { startAndBatches }: Trajectory): Promise<BatchResult[]> {
  const results = [];
  for (const [step, batch] of startAndBatches().batches.entries())
    results.push(await compiled.step(batch, learningRates[step]!));
  return results;
}
