import { describe, expect, test } from 'vitest';
import { baselineConfig, baselineKinds, isOwnBaseline } from '../../../src/config/baselines';
import { configDifferences } from '../../../src/config/differences';
import { runConfigSchema } from '../../../src/config/schema';

const run = runConfigSchema.parse({
  name: 'net',
  training: { seed: 7, epochs: 12, initialWeights: 'start.safetensors' },
  pruning: {
    criterion: 'l1',
    rate: 0.4,
    target: { flops: 0.5 },
    layers: { 'stage3.*': { rate: 0.6 } },
    allocation: 'global',
    roundTo: 8,
    settleEpochs: 3,
    groups: 'coupled',
  },
});

const differing = (kind: (typeof baselineKinds)[number]) =>
  Object.fromEntries(
    configDifferences([run, baselineConfig(run, kind)]).map(({ path, values }) => [path, values[1]] as const),
  );

describe('the config of a baseline', () => {
  const nothingPruned = {
    'pruning.rate': 0,
    'pruning.target.flops': null,
    'pruning.layers': {},
    'pruning.allocation': 'uniform',
    'pruning.roundTo': 1,
    'pruning.settleEpochs': 0,
  };

  test('dense prunes nothing, with all else as in the run', () => {
    expect(differing('dense')).toEqual(nothingPruned);
  });

  test('hard prunes as the run does, and lets nothing come back', () => {
    expect(differing('hard')).toEqual({ 'pruning.schedule': 'hard', 'pruning.settleEpochs': 0 });
  });

  test('narrow prunes nothing and starts from random weights', () => {
    expect(differing('narrow')).toEqual({ ...nothingPruned, 'training.initialWeights': null });
  });

  test('is one that a run can have, named after run and kind', () => {
    for (const kind of baselineKinds) {
      const config = baselineConfig(run, kind);
      expect(runConfigSchema.parse(config)).toEqual(config);
      expect(config.name).toBe(`net-${kind}`);
    }
  });
});

test('a run that is trained as its baseline would be is known', () => {
  const plain = (pruning: object) => runConfigSchema.parse({ name: 'net', pruning });
  expect(isOwnBaseline(plain({ schedule: 'hard' }), 'hard')).toBe(true);
  expect(isOwnBaseline(plain({ schedule: 'hard', settleEpochs: 2 }), 'hard')).toBe(false);
  expect(isOwnBaseline(plain({ rate: 0 }), 'dense')).toBe(true);
  expect(isOwnBaseline(plain({ rate: 0 }), 'narrow')).toBe(false);
  expect(isOwnBaseline(plain({}), 'dense')).toBe(false);
});
