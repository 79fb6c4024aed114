import { beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../../../src/formats/tensor';
import { encodeSafetensors } from '../../../../src/formats/safetensors';
import { commandLine } from '../../../fixtures/commandLine';

const { sfp, file } = commandLine();

describe('sfp mask', () => {
  /** Filters whose L1 and L2 norms rank differently: one large weight against many small ones. */
  const filters = [
    [3, 0, 0, 0],
    [1, 1, 1, 1],
    [0.5, 0, 0, 0],
    [2, 2, 0, 0],
  ];
  const weights: Tensor = { shape: [4, 1, 2, 2], data: Float32Array.from(filters.flat()) };
  const vector: Tensor = { shape: [4], data: new Float32Array(4) };

  beforeAll(async () => {
    const tensors = new Map([
      ['stem.conv.weight', weights],
      ['stem.bn.weight', vector],
      ['later.conv.weight', weights],
    ]);
    await file('w.safetensors', encodeSafetensors(tensors));
  });

  it.each([
    ['l1', [0, 2]],
    ['l2', [1, 2]],
  ])('finds the filters of lowest %s norm in every convolution', async (criterion, pruned) => {
    const { code, stdout } = await sfp(['mask', 'w.safetensors', '--criterion', criterion, '--rate', '0.5', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      layers: [
        { name: 'stem.conv.weight', filters: 4, pruned },
        { name: 'later.conv.weight', filters: 4, pruned },
      ],
    });
  });

  it('refuses a damaged file with exit code 1 and a missing one with 2', async () => {
    await file('damaged.safetensors', 'not a tensor in sight');
    const damaged = await sfp(['mask', 'damaged.safetensors', '--criterion', 'l1', '--rate', '0.5']);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain('damaged.safetensors');
    const missing = await sfp(['mask', 'none.safetensors', '--criterion', 'l1', '--rate', '0.5']);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('none.safetensors');
  });
});
