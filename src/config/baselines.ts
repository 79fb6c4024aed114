import { randomWeights } from './choices';
import { networkFileOf } from './networkName';
import type { RunConfig } from './schema';

/**
 * What a pruned run is judged against: `dense` prunes nothing; `hard` lets no filter come back; `narrow` trains the shape of
 * the run's compact network from random weights (Liu et al., Rethinking the Value of Network Pruning, ICLR 2019).
 */
export const baselineKinds = ['dense', 'hard', 'narrow'] as const;
export type BaselineKind = (typeof baselineKinds)[number];

/** For people. */
export const baselineTitles: Readonly<Record<BaselineKind, string>> = {
  dense: 'dense',
  hard: 'hard',
  narrow: 'narrow from scratch',
};

/** The config of a run's baseline: its seed and its recipe, with another pruning. The compact shape is not the config's to say. */
export function baselineConfig(run: RunConfig, kind: BaselineKind): RunConfig {
  const named = { ...run, name: `${run.name}-${kind}` };
  switch (kind) {
    case 'dense':
      return { ...named, pruning: nothingPruned(run.pruning) };
    case 'hard':
      return { ...named, pruning: { ...run.pruning, schedule: 'hard', settleEpochs: 0 } };
    case 'narrow':
      return {
        ...named,
        // The shape is another one than that of the weights that the network may come with.
        training: { ...run.training, initialWeights: networkFileOf(run.model) === null ? null : randomWeights },
        pruning: nothingPruned(run.pruning),
      };
  }
}

/** Whether a run is such a baseline as it stands, so that training one would only repeat it. */
export function isOwnBaseline(run: RunConfig, kind: BaselineKind): boolean {
  return kind !== 'narrow' && JSON.stringify({ ...baselineConfig(run, kind), name: run.name }) === JSON.stringify(run);
}

function nothingPruned(pruning: RunConfig['pruning']): RunConfig['pruning'] {
  const target = { flops: null, parameters: null, latency: null };
  return { ...pruning, rate: 0, target, layers: {}, allocation: 'uniform', roundTo: 1, settleEpochs: 0 };
}
