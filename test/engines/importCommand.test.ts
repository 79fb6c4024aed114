import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pytorchFile } from '../fixtures/importedOnnx';
import { compactResNet } from '../fixtures/compactNetwork';
import { writeTfjs } from '../fixtures/networkFiles';
import { onnxBytes } from '../fixtures/onnxModel';
import { commandLine } from '../fixtures/commandLine';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const line = commandLine();

async function sfp(...args: string[]): Promise<{ code: number | null; output: string }> {
  const { code, stdout, stderr } = await line.sfp(args);
  return { code, output: stdout + stderr };
}

describe('sfp import', () => {
  it('tells what a network is made of, what can be pruned, and that it is the same', async () => {
    const { code, output } = await sfp('import', resolve(pytorchFile('residual', 'older-dynamic')));
    expect(code).toBe(0);
    expect(output).toMatch(/^layers\.1\.downsample\.0 +conv +16 x 4 x 4 +2,048 +no: It is a projection shortcut/m);
    expect(output).toMatch(/^layers\.0\.conv1 +conv +8 x 8 x 8 +36,864 +yes$/m);
    expect(output).toContain('8 convolutions, of which 7 can be pruned');
    expect(output).toMatch(/8 filters each: conv1, layers\.0\.conv2/);
    expect(output).toMatch(/differ by at most .* from the file’s own in onnxruntime/);
  });

  it('names what was folded, with the ways on', async () => {
    const { output } = await sfp('import', resolve(pytorchFile('mobile', 'newer')));
    expect(output).toContain('The batch norms behind 7 convolutions are folded into them');
  });

  it('prints all of it for scripts', async () => {
    const { code, output } = await sfp('import', resolve(pytorchFile('mobile', 'older-dynamic')), '--json');
    const found = JSON.parse(output) as Record<string, unknown> & {
      equality: Record<string, number>;
      layers: unknown[];
    };
    expect(code).toBe(0);
    expect(found.equality.largestDifference).toBeLessThanOrEqual(1e-5 * found.equality.logitsRange!);
    expect(found).toMatchObject({ problems: [], notes: [], groups: expect.any(Array) as unknown });
    expect(found.layers[1]).toEqual({
      name: 'features.0.0',
      kind: 'conv',
      shape: [8, 8, 8],
      multiplyAdds: 8 * 8 * 8 * 27,
      prunable: { filters: 8, independent: true, coupled: 8, reason: null },
    });
  });

  it('tells everything that stands in the way, and that with exit code 1', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'net.onnx');
    await writeFile(
      file,
      onnxBytes({
        nodes: [
          ['LSTM', ['x'], 'a'],
          ['Erf', ['x'], 'b'],
          ['Add', ['a', 'b'], 'c'],
        ],
      }),
    );
    const { code, output } = await sfp('import', file);
    expect(code).toBe(1);
    expect(output).toContain('LSTM "a": It is a recurrent layer');
    expect(output).toContain('Erf "b": There is no layer for it here.');
    const json = JSON.parse((await sfp('import', file, '--json')).output) as { equality: null; problems: unknown[] };
    expect(json.equality).toBeNull();
    expect(json.problems).toHaveLength(2);
  });

  it('takes the size of the images where the file leaves it open', async () => {
    const file = join(temporaryFolder(), 'net.onnx');
    const tensors = {
      w: [
        [2, 3],
        [1, 2, 3, 4, 5, 6],
      ],
      b: [[2], [0, 1]],
    } as const;
    const nodes = [
      ['GlobalAveragePool', ['x'], 'g'],
      ['Flatten', ['g'], 'f'],
      ['Gemm', ['f', 'w', 'b'], 'y', { transB: 1 }],
    ] as const;
    await writeFile(file, onnxBytes({ nodes, tensors, input: ['n', 3, 'height', 'width'] }));
    expect((await sfp('import', file)).output).toContain('Say the size of the images');
    const { code, output } = await sfp('import', file, '--size', '12x10');
    expect([code, output]).toEqual([0, expect.stringMatching(/^x +input +3 x 12 x 10$/m)]);
    expect((await sfp('import', file, '--size', '12y')).code).toBe(2);
  });

  it('takes a model.json, which nothing runs here, and nothing else', async () => {
    const file = await writeTfjs(temporaryFolder(), compactResNet);
    const { code, output } = await sfp('import', file);
    expect([code, output]).toEqual([0, expect.stringContaining('is not run for comparison')]);
    expect(await sfp('import', 'net.pt')).toMatchObject({ code: 2 });
  });
});
