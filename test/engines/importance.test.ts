import { describe, expect, it } from 'vitest';
import type { Batch, CompiledNetwork, Importance } from '../../src/engines/engine';
import type { NetworkState } from '../../src/network/state';
import { everyLayer } from './everyLayer';
import { batchSize, randomBatches, randomState } from './randomTraining';
import { testedEngines } from './testedEngines';

/** Decay enough to show where it were taken for a part of the gradient. */
const optimizer = { momentum: 0.9, nesterov: true, weightDecay: 0.05 };
const learningRate = 0.01;
const network = everyLayer({ channels: 3, height: 8, width: 8 }, 10);
const start = randomState(network);
const batches = randomBatches(network, 6);

const importanceOf = new Map([
  ['filters of images', ['stem.conv.weight']],
  ['batch norm', ['stem.bn.weight', 'stem.bn.bias']],
  ['filters', ['plain.conv.weight']],
  ['filters with a stride, and their batch norm', ['down.conv.weight', 'down.bn.weight', 'down.bn.bias']],
  ['filters of 1x1', ['down.projection.weight']],
  ['units', ['classifier.weight', 'classifier.bias']],
]);
const options = { batchSize, optimizer, importanceOf };

describe.each(await testedEngines())('importance with $title', ({ open }) => {
  it("is the square of each row's sum of gradient times value, summed over the steps", async () => {
    const compiled = await compile();
    const terms: RowTerms[] = [];
    for (const batch of batches.slice(0, 3)) {
      const before = await compiled.readState();
      await compiled.step(batch, learningRate);
      terms.push(rowTerms(before, await compiled.readState()));
    }
    const { steps, rows } = await compiled.readImportance();
    expect(steps).toBe(3);
    expect([...rows.keys()]).toEqual([...importanceOf.keys()]);
    for (const [set, sums] of rows) {
      const ofSet = terms.map((each) => each.get(set)!);
      expect(sums.length).toBe(ofSet[0]!.length);
      for (const [row, sum] of sums.entries()) {
        const expected = ofSet.reduce((total, each) => total + each[row]!.sum ** 2, 0);
        // Where the terms of a row cancel, float32 leaves an error of the size of the terms.
        const cancelled = ofSet.reduce((total, each) => total + each[row]!.magnitude ** 2, 0);
        expect(Math.abs(sum - expected), `${set}, row ${row}: ${expected}`).toBeLessThan(
          1e-3 * expected + 1e-9 * cancelled,
        );
      }
    }
    const [sums, ofSet] = [rows.get('filters of images')!, terms.map((each) => each.get('filters of images')!)];
    for (const [row, sum] of sums.entries()) {
      const magnitude = ofSet.reduce((total, each) => total + each[row]!.magnitude ** 2, 0);
      expect(sum, 'filters before batch norm, whose length does not matter').toBeLessThan(1e-6 * magnitude);
    }
    await compiled.dispose();
  });

  it('begins anew from zeros, and goes on in another network from what was read', async () => {
    const one = await compile();
    await train(one, batches.slice(0, 2));
    const middle = await one.readImportance();
    const state = await one.readState();
    await one.writeImportance(zeros(middle));
    expect(await one.readImportance()).toEqual(zeros(middle));
    await train(one, batches.slice(2, 4));
    const later = await one.readImportance();
    await one.dispose();

    const other = await compile(state);
    await other.writeImportance(middle);
    expect(await other.readImportance()).toEqual(middle);
    await train(other, batches.slice(2, 4));
    const whole = await other.readImportance();
    await other.dispose();
    expect([middle.steps, later.steps, whole.steps]).toEqual([2, 2, 4]);
    for (const [set, sums] of whole.rows)
      for (const [row, sum] of sums.entries()) {
        const expected = middle.rows.get(set)![row]! + later.rows.get(set)![row]!;
        expect(Math.abs(sum - expected)).toBeLessThanOrEqual(1e-5 * expected);
      }
  });

  it('is added up while rows are held, and is zero for these', async () => {
    const compiled = await compile();
    await compiled.hold(new Map([['plain.conv.weight', Uint8Array.from({ length: 16 }, (_, row) => row % 2)]]));
    await train(compiled, batches.slice(0, 2));
    const { steps, rows } = await compiled.readImportance();
    expect(steps).toBe(2);
    expect([...rows.get('filters')!].map((sum) => Math.sign(sum))).toEqual(
      Array.from({ length: 16 }, (_, row) => row % 2),
    );
    await compiled.dispose();
  });

  it('refuses sets that do not fit', async () => {
    const compiled = await compile();
    const importance = zeros(await compiled.readImportance());
    const without = new Map([...importance.rows].slice(1));
    await expect(compiled.writeImportance({ steps: 1, rows: without })).rejects.toThrow(
      /"filters of images" is missing/,
    );
    const longer = new Map(importance.rows).set('units', new Float32Array(11));
    await expect(compiled.writeImportance({ steps: 1, rows: longer })).rejects.toThrow(/"units".*\[11\]/);
    await compiled.dispose();
  });

  async function compile(state: NetworkState = start): Promise<CompiledNetwork> {
    const compiled = await (await open()).compile(network, options);
    await compiled.writeState(state);
    return compiled;
  }
});

async function train(compiled: CompiledNetwork, steps: readonly Batch[]): Promise<void> {
  for (const batch of steps) await compiled.step(batch, learningRate);
}

function zeros({ rows }: Importance): Importance {
  return { steps: 0, rows: new Map([...rows].map(([set, sums]) => [set, new Float32Array(sums.length)])) };
}

/** By set and row the sum of gradient times value, and that of its absolute terms. */
type RowTerms = ReadonlyMap<string, readonly { readonly sum: number; readonly magnitude: number }[]>;

/** In double precision from the momenta before and after: gradient = new momentum - 0.9 * momentum - decay * value. */
function rowTerms(before: NetworkState, after: NetworkState): RowTerms {
  return new Map(
    [...importanceOf].map(([set, names]) => {
      const rows = before.parameters.get(names[0]!)!.shape[0]!;
      const totals = Array.from({ length: rows }, () => ({ sum: 0, magnitude: 0 }));
      for (const name of names) {
        const { data } = before.parameters.get(name)!;
        const [momenta, newMomenta] = [before.momenta.get(name)!.data, after.momenta.get(name)!.data];
        for (const [index, value] of data.entries()) {
          const gradient = newMomenta[index]! - optimizer.momentum * momenta[index]! - optimizer.weightDecay * value;
          const row = totals[Math.floor((index * rows) / data.length)]!;
          row.sum += gradient * value;
          row.magnitude += Math.abs(gradient * value);
        }
      }
      return [set, totals];
    }),
  );
}
