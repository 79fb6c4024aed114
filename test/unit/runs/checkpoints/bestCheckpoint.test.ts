import { describe, expect, test } from 'vitest';
import { runConfigSchema } from '../../../../src/config/schema';
import { bestCheckpoint, isBest } from '../../../../src/runs/checkpoints/bestCheckpoint';
import type { KeptCheckpoint } from '../../../../src/runs/checkpoints/keptCheckpoints';

const validated = runConfigSchema.parse({ name: 'a', training: { epochs: 3 } });
const unvalidated = runConfigSchema.parse({ name: 'a', data: { validation: 0 }, training: { epochs: 3 } });

const at = (epoch: number, accuracy: number | null, pruned = true) => ({
  epoch,
  pruned,
  validation: accuracy === null ? null : { loss: 1, accuracy },
});

function kept(epoch: number, accuracy: number | null, step: number | null = null, pruned = true): KeptCheckpoint {
  const name = `epoch-${epoch}`;
  const manifest = { formatVersion: 1 as const, ...at(epoch, accuracy, pruned), step, files: [] };
  return { name, folder: name, manifest, damage: null };
}

describe('a checkpoint is the best so far', () => {
  test('when it is the first pruned one, or no worse than the best', () => {
    expect(isBest(at(0, 0.1), null, validated)).toBe(true);
    expect(isBest(at(1, 0.5), at(0, 0.5), validated)).toBe(true);
    expect(isBest(at(1, 0.49), at(0, 0.5), validated)).toBe(false);
  });

  test('only when it is pruned', () => {
    expect(isBest(at(1, 0.9, false), at(0, 0.5), validated)).toBe(false);
    expect(isBest(at(2, null, false), null, unvalidated)).toBe(false);
  });

  test('without a validation part when it is that of the last epoch', () => {
    expect([0, 1, 2].map((epoch) => isBest(at(epoch, null), null, unvalidated))).toEqual([false, false, true]);
  });
});

describe('of the checkpoints that a folder holds', () => {
  test('the best is the one that a run chose as it went', () => {
    const all = [kept(0, 0.4), kept(1, 0.6), kept(2, 0.6), kept(3, 0.5), kept(4, 0.9, null, false)];
    expect(bestCheckpoint(all, validated)?.name).toBe('epoch-2');
    expect(bestCheckpoint([kept(0, null), kept(2, null)], unvalidated)?.name).toBe('epoch-2');
  });

  test('none is the best that is damaged or within an epoch', () => {
    const damaged = { ...kept(1, 0.9), manifest: null };
    expect(bestCheckpoint([kept(0, 0.4), damaged, kept(2, 0.9, 5)], validated)?.name).toBe('epoch-0');
    expect(bestCheckpoint([damaged], validated)).toBeUndefined();
    expect(bestCheckpoint([], validated)).toBeUndefined();
  });
});
