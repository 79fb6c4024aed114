import { describe, expect, it } from 'vitest';
import { poolSensitivity, type ProbedNetwork } from '../../../../src/analysis/sensitivity/poolSensitivity';
import type { Masks } from '../../../../src/pruning/select';

const layers = ['one', 'two'].map((name) => ({
  name,
  filters: 4,
  weight: `${name}.weight`,
  bias: null,
  batchNorm: null,
}));
const refs = (layer: string) => Array.from({ length: 4 }, (_, filter) => [{ layer, filter }]);
const one = { name: 'one', layers: ['one'], groups: refs('one') };
const both = {
  name: 'one',
  layers: ['one', 'two'],
  groups: Array.from({ length: 4 }, (_, filter) => ['one', 'two'].map((layer) => ({ layer, filter }))),
};

/** A network whose accuracy is the share of filters that are left, and which remembers what was evaluated. */
function network(before: Record<string, string> = {}) {
  const evaluated: Record<string, string>[] = [];
  const masks = new Map(Object.entries(before).map(([name, bits]) => [name, Uint8Array.from(bits, Number)]));
  const probed: ProbedNetwork = {
    layers,
    masks,
    scores: new Map([
      ['one', [4, 1, 3, 2]],
      ['two', [1, 9, 1, 1]],
    ]),
    base: { loss: 0, accuracy: 1 },
    evaluate: (tried: Masks) => {
      evaluated.push(Object.fromEntries([...tried].map(([name, mask]) => [name, mask.join('')])));
      return Promise.resolve({ loss: Infinity, accuracy: 0.5 });
    },
  };
  return { probed, evaluated };
}

describe('poolSensitivity', () => {
  it('prunes the lowest of the pool alone, and evaluates each mask once', async () => {
    const { probed, evaluated } = network();
    const found = await poolSensitivity(one, [0.1, 0.25, 0.3, 0.5], probed);
    expect(evaluated).toEqual([{ one: '1011' }, { one: '1010' }]);
    expect(found).toEqual({
      name: 'one',
      layers: ['one'],
      groups: 4,
      prunedBefore: 0,
      points: [
        { rate: 0.1, pruned: 0, loss: 0, accuracy: 1 },
        { rate: 0.25, pruned: 1, loss: null, accuracy: 0.5 },
        { rate: 0.3, pruned: 1, loss: null, accuracy: 0.5 },
        { rate: 0.5, pruned: 2, loss: null, accuracy: 0.5 },
      ],
    });
  });

  it('keeps pruned what was pruned before, and counts it', async () => {
    const { probed, evaluated } = network({ one: '0111' });
    const { prunedBefore, points } = await poolSensitivity(one, [0.25, 0.5], probed);
    expect(prunedBefore).toBe(1);
    expect(points.map(({ pruned }) => pruned)).toEqual([1, 2]);
    expect(evaluated).toEqual([{ one: '0011' }]);
  });

  it('prunes coupled layers together, by the sum of their scores', async () => {
    const { probed, evaluated } = network();
    await poolSensitivity(both, [0.5], probed);
    // The sums are 5, 10, 4 and 3.
    expect(evaluated).toEqual([{ one: '1100', two: '1100' }]);
  });
});
