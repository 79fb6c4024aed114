import { expect, test } from 'vitest';
import { maskHistory } from '../../../../src/runs/model/maskHistory';
import type { Pruning } from '../../../../src/runs/model/history';
import { plausibleRun } from '../../../fixtures/plausibleRun';

/** Prunings of two layers, one after another from epoch -1 on; a null stands for a record that can't be read. */
function prunings(...masks: (readonly [one: string, two: string] | null)[]): Pruning[] {
  const names = ['one', 'two'] as const;
  return masks.map((pair, index): Pruning => {
    const bits = (text: string) => Uint8Array.from(text, Number);
    const layers = names.map((name, layer) => ({ name, mask: bits(pair?.[layer] ?? ''), scores: new Float32Array() }));
    const epoch = index - 1;
    return {
      event: {
        type: 'pruned',
        time: '',
        epoch,
        record: index,
        rate: 0.5,
        layers: names.map((name) => ({ name, filters: 4, pruned: 2, returned: 0 })),
        multiplyAdds: { dense: 1, paper: 1, exact: 1 },
      },
      record: pair && { epoch, layers },
    };
  });
}

test('a step tells who was pruned, who came back, and how far the masks agree', () => {
  const { steps } = maskHistory(prunings(['0011', '1111'], ['0101', '0111']));
  expect(steps).toEqual([
    {
      epoch: 0,
      network: { flips: 3, returned: 1, jaccard: 1 / 4 },
      layers: [
        { name: 'one', flips: 2, returned: 1, returnedFilters: [1], jaccard: 1 / 3 },
        { name: 'two', flips: 1, returned: 0, returnedFilters: [], jaccard: 0 },
      ],
    },
  ]);
});

test('masks are stable since the first pruning after which none changes', () => {
  const { stableSince, layersStableSince } = maskHistory(
    prunings(['0011', '1100'], ['0101', '1100'], ['0101', '1100'], ['0101', '1100']),
  );
  expect(stableSince).toBe(0);
  expect(layersStableSince).toEqual([
    { name: 'one', epoch: 0 },
    { name: 'two', epoch: -1 },
  ]);
});

test('while they change, and with one pruning alone, they are not called stable', () => {
  expect(maskHistory(prunings(['0011', '1100'], ['0101', '1100'])).stableSince).toBeNull();
  expect(maskHistory(prunings(['0011', '1100'])).stableSince).toBeNull();
  expect(maskHistory([])).toEqual({ steps: [], stableSince: null, layersStableSince: [] });
});

test('what a damaged record hides is not told', () => {
  const { steps, stableSince } = maskHistory(prunings(['0011', '1100'], null, ['0011', '1100'], ['0011', '1100']));
  expect(steps.map(({ network }) => network?.jaccard ?? null)).toEqual([null, null, 1]);
  expect(stableSince).toBe(1);
});

test('what came back is what the trainer told', () => {
  const { history } = plausibleRun({ epochs: 6 });
  const { steps } = maskHistory(history.prunings);
  expect(steps).toHaveLength(6);
  for (const [index, { epoch, layers }] of steps.entries()) {
    const { event } = history.prunings[index + 1]!;
    expect(epoch).toBe(event.epoch);
    expect(layers.map(({ returned }) => returned)).toEqual(event.layers.map(({ returned }) => returned));
  }
});
