import { execFileSync } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../../../src/formats/tensor';
import { encodeSafetensors } from '../../../../src/formats/safetensors';
import { commandLine } from '../../../fixtures/commandLine';

const line = commandLine();
const { sfp, file } = line;

describe('sfp mask', () => {
  /** Filters whose L1 and L2 norms rank differently: one large weight against many small ones. */
  const filters = [
    [3, 0, 0, 0],
    [1, 1, 1, 1],
    [0.5, 0, 0, 0],
    [2, 2, 0, 0],
  ];
  const weights: Tensor = { shape: [4, 1, 2, 2], data: Float32Array.from(filters.flat()) };
  const scale: Tensor = { shape: [4], data: Float32Array.of(1, -4, 0.5, 2) };

  beforeAll(async () => {
    const tensors = new Map([
      ['stem.conv.weight', weights],
      ['stem.bn.weight', scale],
      ['later.conv.weight', weights],
      ['later.bn.weight', scale],
    ]);
    await file('w.safetensors', encodeSafetensors(tensors));
  });

  it.each([
    ['l1', [0, 2]],
    ['l2', [1, 2]],
    // Sums of distances by numpy: 7.38, 6.45, 6.80 and 6.74.
    ['fpgm', [1, 3]],
    ['bn-scale', [0, 2]],
  ])('finds the filters of lowest %s score in every convolution', async (criterion, pruned) => {
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

  it.skipIf(process.platform === 'win32')('refuses a pipe, a device and what is too long, in a sentence', async () => {
    const by = ['--criterion', 'l1', '--rate', '0.5'];
    execFileSync('mkfifo', ['pipe.safetensors'], { cwd: line.folder });
    await line.file('huge.safetensors', '');
    await truncate(join(line.folder, 'huge.safetensors'), 3 * 2 ** 30);
    const refused = [
      ['pipe.safetensors', 'is not a file but a link, a folder, a pipe or a device'],
      ['/dev/zero', 'is not a file but a link, a folder, a pipe or a device'],
      ['huge.safetensors', 'is larger than such a file can be; choose a file of weights.'],
    ] as const;
    for (const [name, sentence] of refused) {
      const { code, stderr } = await sfp(['mask', name, ...by]);
      expect(stderr).toContain(sentence);
      expect(code).toBe(2);
    }
  });

  it('prunes at random what the seed says', async () => {
    const pruned = async (seed: string): Promise<unknown> => {
      const args = ['mask', 'w.safetensors', '--criterion', 'random', '--rate', '0.5', '--seed', seed, '--json'];
      const { layers } = JSON.parse((await sfp(args)).stdout) as { layers: { pruned: number[] }[] };
      return layers.map((layer) => layer.pruned);
    };
    expect(await pruned('1')).toEqual(await pruned('1'));
    const others = await Promise.all(['2', '3', '4', '5'].map(pruned));
    expect(others).not.toEqual(others.map(() => others[0]));
  });

  it('compares two criteria on the same weights', async () => {
    const args = ['mask', 'w.safetensors', '--criterion', 'l1', '--against', 'l2', '--rate', '0.5'];
    const { layers } = JSON.parse((await sfp([...args, '--json'])).stdout) as { layers: object[] };
    // L1 ranks them 2, 3.5, 1, 3.5; L2 ranks them 4, 2, 1, 3; they prune 0 and 2, and 1 and 2.
    const expected = { name: 'stem.conv.weight', filters: 4, zero: 0, pruned: 2, maskOverlap: 1 / 3 };
    expect(layers[0]).toMatchObject(expected);
    expect((layers[0] as { rankCorrelation: number }).rankCorrelation).toBeCloseTo(0.3162277660168379, 12);
    expect((await sfp(args)).stdout).toMatch(/stem\.conv\.weight +4 +0 +2 +0\.316 +33 %/);
  });

  it('refuses weights that are no numbers, naming the tensor', async () => {
    const data = weights.data.slice();
    data[3] = NaN;
    await file('nan.safetensors', encodeSafetensors(new Map([['conv.weight', { ...weights, data }]])));
    const { code, stdout, stderr } = await sfp(['mask', 'nan.safetensors', '--criterion', 'l1', '--rate', '0.5']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^nan\.safetensors: "conv\.weight" has values that are no finite numbers, .*\n$/);
  });

  it('refuses what weights do not decide, and batch norm that is not there', async () => {
    await file('bare.safetensors', encodeSafetensors(new Map([['conv.weight', weights]])));
    const judge = (name: string, criterion: string) => sfp(['mask', name, '--criterion', criterion, '--rate', '0.5']);
    const taylor = await judge('w.safetensors', 'taylor');
    expect([taylor.code, taylor.stderr]).toEqual([2, expect.stringContaining('gradients of training')]);
    const bare = await judge('bare.safetensors', 'bn-scale');
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('follows "conv"')]);
  });
});
