import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/cli/comparison';
import { Measurements } from '../../../src/engines/choice/measurements';
import type { Tensor } from '../../../src/network/state';
import { encodeSafetensors } from '../../../src/formats/safetensors';
import {
  buildProgram,
  runScript,
  type BuiltProgram,
  type Ended,
  type ProgramOptions,
} from '../../fixtures/builtProgram';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { writeRun } from '../../fixtures/writeRun';

let program: BuiltProgram;
let folder: string;

beforeAll(async () => {
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `sfp` as a script would call it. CI and FORCE_COLOR make some libraries colour what goes into a pipe. */
function sfp(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return runScript(program.commandLine, args, { cwd: folder, ...options, env: { CI: '1', ...options.env } });
}

async function config(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

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

  it('takes the rates by layer from a config', async () => {
    const file = await config(
      'rates.sfp.json',
      '{ "pruning": { "rate": 0, "layers": { "stem.*": { "rate": 0.5 } } } }',
    );
    const { stdout } = await sfp(['flops', file, '--json']);
    const { layers } = JSON.parse(stdout) as { layers: { name: string; filters: number; kept: number }[] };
    expect(layers.map(({ filters, kept }) => filters - kept)).toEqual([8, ...layers.slice(1).map(() => 0)]);
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
    const script = `'${process.execPath}' '${program.commandLine}' flops resnet110 --rate 0.3 | true`;
    const { code, stdout, stderr } = await runScript('-e', [
      `const { spawnSync } = require('node:child_process');
       const { stderr } = spawnSync('bash', ['-c', ${JSON.stringify(`set -o pipefail; ${script}`)}]);
       process.stderr.write(stderr);`,
    ]);
    expect([code, stdout, stderr]).toEqual([0, '', '']);
  });
});

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
    await writeFile(join(folder, 'w.safetensors'), encodeSafetensors(tensors));
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
    await writeFile(join(folder, 'damaged.safetensors'), 'not a tensor in sight');
    const damaged = await sfp(['mask', 'damaged.safetensors', '--criterion', 'l1', '--rate', '0.5']);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain('damaged.safetensors');
    const missing = await sfp(['mask', 'none.safetensors', '--criterion', 'l1', '--rate', '0.5']);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('none.safetensors');
  });
});

describe('a config with a mistake', () => {
  it.each([
    ['an unknown key', '{\n  "trainig": {}\n}', /^bad\.sfp\.json:2:3: .*trainig.*training/],
    ['a wrong type', '{ "training": { "epochs": "many" } }', /^bad\.sfp\.json:1:27: .*many/],
    ['a rate of 1.2', '{\n  "pruning": { "rate": 1.2 }\n}', /^bad\.sfp\.json:2:24: .*1\.2/],
    ['something that is no JSON', 'epochs: 12', /^bad\.sfp\.json:1:1: /],
  ])('with %s is told by file, line and column, exit code 2', async (_, text, sentence) => {
    const file = await config('bad.sfp.json', text);
    const { code, stdout, stderr } = await sfp(['train', file]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('tells with --verbose where the error came from', async () => {
    const file = await config('bad.sfp.json', '{ "pruning": { "rate": 1.2 } }');
    const { stderr } = await sfp(['train', file, '--verbose']);
    expect(stderr).toMatch(/^ +at /m);
  });

  it('that is not there is wrong usage too', async () => {
    const { code, stderr } = await sfp(['train', 'nowhere.sfp.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere.sfp.json');
  });
});

describe('usage', () => {
  it.each([[['--help']], [['train', '--help']], [['compare', '--help']], [['data', 'get', '--help']]])(
    '%j teaches with examples',
    async (args) => {
      const { code, stdout, stderr } = await sfp(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/Examples:\n {2}sfp /);
    },
  );

  it.each([
    [['prune']],
    [['flops']],
    [['data', 'get', 'imagenet']],
    [['mask', 'w', '--criterion', 'l7', '--rate', '0.1']],
  ])('%j is wrong: exit code 2', async (args) => {
    const { code, stdout } = await sfp(args);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(await sfp(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('sfp engines --measure-again', () => {
  it('forgets what auto has measured, and says how many', async () => {
    const enginesFolder = join(folder, 'cache', 'engines');
    const rate = { imagesPerSecond: 100, slowestRound: 95, fastestRound: 105, usedByOthers: 0 };
    const measurements = await Measurements.open(enginesFolder);
    for (const title of ['one', 'another', 'a third'])
      await measurements.add(title, { ...rate, title, network: 'resnet20', batchSize: 128, measured: '2026-11-24' });
    const env = { SFP_LAB_CACHE: join(folder, 'cache') };
    const first = await sfp(['engines', '--measure-again'], { env });
    expect(first).toEqual({
      code: 0,
      stdout: '3 measurements are forgotten: "auto" will measure again.\n',
      stderr: '',
    });
    expect(await readdir(enginesFolder)).toEqual([]);
    const second = await sfp(['engines', '--measure-again'], { env });
    expect(second.stdout).toBe('"auto" had nothing measured that could be forgotten.\n');
    const third = await sfp(['engines', '--measure-again', '--json'], { env });
    expect(JSON.parse(third.stdout)).toEqual({ forgotten: 0 });
  });
});

describe('runs', () => {
  const l1 = [1, 2].map((seed) => plausibleRun({ criterion: 'l1', seed, epochs: 6, name: `net-l1-seed${seed}` }));
  const l2 = plausibleRun({ criterion: 'l2', epochs: 6, name: 'net-l2', state: 'stopped' });
  const runs = [...l1, l2];

  beforeAll(async () => {
    await mkdir(join(folder, 'project', 'deep', 'down'), { recursive: true });
    for (const run of runs) await writeRun(join(folder, 'project', '.sfp', 'runs'), run);
    await mkdir(join(folder, 'project', '.sfp', 'runs', '20200101T000000Z-broken-000000'));
  });

  const inProject = (args: readonly string[], below = ''): Promise<Ended> =>
    sfp(args, { cwd: join(folder, 'project', below) });

  it('are listed from anywhere in the project, damaged ones too', async () => {
    const { code, stdout } = await inProject(['list'], 'deep/down');
    expect(code).toBe(0);
    for (const { manifest } of runs) expect(stdout).toContain(manifest.id);
    expect(stdout).toMatch(/broken-000000 +damaged/);
    const { runs: listed } = JSON.parse((await inProject(['list', '--json'])).stdout) as { runs: { id: string }[] };
    expect(listed).toHaveLength(4);
  });

  it('are found by id, beginning of an id, name and folder', async () => {
    const { id } = l2.manifest;
    for (const run of [id, id.slice(0, -3), 'net-l2', join('.sfp', 'runs', id)]) {
      const { code, stdout } = await inProject(['show', run, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ manifest: { id }, status: 'stopped' });
    }
  });

  it('that are meant by nothing or by too much are wrong usage', async () => {
    const nothing = await inProject(['show', 'resnet20-l9']);
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('"resnet20-l9"') as string]);
    const tooMuch = await inProject(['show', '2026']);
    expect([tooMuch.code, tooMuch.stderr]).toEqual([2, expect.stringContaining('fits 3 runs') as string]);
  });

  it('are shown with their epochs and masks', async () => {
    const { stdout } = await inProject(['show', 'net-l1-seed1']);
    expect(stdout).toContain('soft, l1, rate 0.3');
    expect(stdout).toMatch(/\n +6 +[\d.]+ +[\d.]+ +[\d.]+ % +[\d.]+ % +[\d.]+ % +\d+ +\d+ +[\d:]+\n/);
    expect(stdout).toMatch(/stage3\.block3\.conv2 +64 +45 +\d+/);
  });

  it('are compared: what differs first, runs of several seeds with mean and deviation', async () => {
    const names = runs.map(({ manifest }) => manifest.name);
    const { code, stdout } = await inProject(['compare', ...names]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The runs differ in pruning\.criterion, training\.seed\.\n/);
    expect(stdout).toMatch(/mean ± std of 2 seeds +[\d.]+ ± [\d.]+ %/);
    const comparison = JSON.parse((await inProject(['compare', ...names, '--json'])).stdout) as Comparison;
    const tests = l1.map(({ manifest }) => manifest.summary?.test?.accuracy ?? NaN) as [number, number];
    expect(comparison.groups).toHaveLength(1);
    expect(comparison.groups[0]?.statistics.test).toEqual({
      mean: expect.closeTo((tests[0] + tests[1]) / 2, 10) as number,
      deviation: expect.closeTo(Math.abs(tests[0] - tests[1]) / Math.SQRT2, 10) as number,
      count: 2,
    });
    expect(comparison.runs.map(({ overlap }) => overlap === null)).toEqual([true, false, false]);
  });

  it('that have ended cannot be stopped', async () => {
    const { code, stderr } = await inProject(['stop', 'net-l1-seed1']);
    expect(code).toBe(1);
    expect(stderr).toContain('has ended already');
  });
});
