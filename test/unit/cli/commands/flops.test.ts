import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepTable } from '../../../../src/layerTimes/tableFile';
import { buildNetwork } from '../../../../src/network/zoo';
import { runScript } from '../../../fixtures/builtProgram';
import { commandLine } from '../../../fixtures/commandLine';
import { tableOfBlocks } from '../../../fixtures/timeTable';

const line = commandLine();
const { file } = line;
/** With a cache of its own, in which no times are kept but those of a test. */
const sfp: typeof line.sfp = (args, options = {}) =>
  line.sfp(args, { ...options, env: { SFP_LAB_CACHE: join(line.folder, 'cache'), ...options.env } });

describe('sfp flops', () => {
  it('prints the golden numbers of ResNet-56 as JSON', async () => {
    const { code, stdout, stderr } = await sfp(['flops', 'resnet56', '--rate', '0.3', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const counts = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(counts)).toEqual(['multiplyAdds', 'reduction', 'parameters', 'layers']);
    expect(counts.multiplyAdds).toEqual({
      dense: 125_485_056,
      paper: expect.closeTo(73_966_878.72, 3) as number,
      exact: 77_739_840,
    });
    expect(counts.reduction).toEqual({
      paper: expect.closeTo(0.41055, 5) as number,
      exact: expect.closeTo(0.38049, 5) as number,
    });
    expect(counts.layers).toHaveLength(55);
  });

  it('tells both counts in words, without colours in a pipe', async () => {
    const { code, stdout } = await sfp(['flops', 'resnet20', '--rate', '0.3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/dense +40,550,400/);
    expect(stdout).toMatch(/paper +23,430,758\.4 +42\.2 % saved/);
    expect(stdout).toMatch(/exact +24,721,344 +39\.0 % saved/);
    expect(stdout).not.toContain('\u001b');
  });

  it("counts ImageNet's networks for its images, and says why what is published for ResNet-101 is less", async () => {
    const { stdout } = await sfp(['flops', 'resnet101', '--rate', '0.3']);
    expect(stdout).toMatch(/dense +7,799,357,440/);
    expect(stdout).toMatch(/paper .*43\.7 % saved/);
    expect(stdout).toMatch(/exact +4,417,896,301 +43\.4 % saved/);
    expect(stdout).toContain('Published are 42.2 %');
    const small = await sfp(['flops', 'resnet18', '--rate', '0.3', '--dataset', 'cifar10', '--json']);
    expect(JSON.parse(small.stdout)).toMatchObject({ multiplyAdds: { dense: 555_417_600 } });
  });

  it('warns where a rate leaves one filter of a layer', async () => {
    const rates = await file('last.sfp.json', '{ "pruning": { "layers": { "stem.conv": { "rate": 0.99 } } } }');
    expect((await sfp(['flops', rates])).stdout).toContain('\nOne filter is left in stem.conv: ');
    expect(JSON.parse((await sfp(['flops', rates, '--json'])).stdout)).toMatchObject({ lastFilters: ['stem.conv'] });
    expect((await sfp(['flops', 'resnet20', '--rate', '0.9'])).stdout).not.toContain('One filter is left');
  });

  it('takes the rates by layer from a config', async () => {
    const rates = await file('rates.sfp.json', '{ "pruning": { "rate": 0, "layers": { "stem.*": { "rate": 0.5 } } } }');
    const { stdout } = await sfp(['flops', rates, '--json']);
    const { layers } = JSON.parse(stdout) as { layers: { name: string; filters: number; kept: number }[] };
    expect(layers.map(({ filters, kept }) => filters - kept)).toEqual([8, ...layers.slice(1).map(() => 0)]);
  });

  it('forecasts milliseconds from times that were measured, and plans a target of time by them', async () => {
    const config = await file('timed.sfp.json', '{ "pruning": { "groups": "coupled", "target": { "latency": 0.7 } } }');
    const cache = join(line.folder, 'timed');
    const env = { SFP_LAB_CACHE: cache };
    const before = await sfp(['flops', config], { env });
    expect([before.code, before.stderr]).toEqual([1, expect.stringContaining('run "sfp engines --widths"')]);
    const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
    await keepTable(tableOfBlocks(graph, 5e-5), join(cache, 'engines'));
    const { stdout } = await sfp(['flops', config, '--json'], { env });
    const { latency } = JSON.parse(stdout) as { latency: { dense: number; pruned: number } };
    expect(latency.dense).toBeCloseTo(0.05, 9);
    expect(latency.pruned / latency.dense).toBeLessThanOrEqual(0.7);
    expect(latency.pruned / latency.dense).toBeGreaterThan(0.6);
    const text = await sfp(['flops', config], { env });
    expect(text.stdout).toContain('Forecast on this machine, 64 images on one thread:');
  });

  it.each([
    [['flops', 'resnet57', '--rate', '0.3'], /"resnet57" is neither a config file nor a network.*resnet56/],
    [['flops', 'resnet56'], /--rate 0\.3/],
    [['flops', 'resnet56', '--rate', '1.2'], /1\.2.*from 0 to below 1/],
    [['flops', 'resnet56', '--rate', 'lots'], /lots.*from 0 to below 1/],
  ])('answers %j with one sentence and exit code 2', async (args, sentence) => {
    const { code, stdout, stderr } = await sfp(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const script = `'${process.execPath}' '${line.script}' flops resnet110 --rate 0.3 | true`;
    const { code, stdout, stderr } = await runScript('-e', [
      `const { spawnSync } = require('node:child_process');
       const { stderr } = spawnSync('bash', ['-c', ${JSON.stringify(`set -o pipefail; ${script}`)}]);
       process.stderr.write(stderr);`,
    ]);
    expect([code, stdout, stderr]).toEqual([0, '', '']);
  });
});
