import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { buildProgram, runScript, type BuiltProgram, type Ended, type ProgramOptions } from '../fixtures/builtProgram';
import { smallConfig } from '../fixtures/smallRun';

let program: BuiltProgram;
let folder: string;

beforeAll(async () => {
  await ensureDataset('cifar10');
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-cli-'));
  const sweep = { 'pruning.criterion': ['l1', 'l2'] };
  const { training, engine } = smallConfig;
  const quick = { data: { limit: 64, validation: 64 }, training: { ...training, epochs: 1 }, engine, sweep };
  const endless = { data: { limit: 256, validation: 64 }, training: { ...training, epochs: 1000 }, engine, sweep };
  await writeFile(join(folder, 'quick.sfp.json'), JSON.stringify(quick));
  await writeFile(join(folder, 'endless.sfp.json'), JSON.stringify(endless));
  await sfp(['queue', 'slots', '1']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With a queue of its own, which trains one run after another: nothing is measured on a machine that tests. */
function sfp(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const env = { SFP_LAB_QUEUE: join(folder, 'queue') };
  return runScript(program.commandLine, args, { cwd: folder, env, ...options });
}

interface Listed {
  readonly runs: { readonly id: string; readonly name: string; readonly status: string }[];
}

async function listed(runs: string): Promise<Listed['runs']> {
  return (JSON.parse((await sfp(['list', '--runs', runs, '--json'])).stdout) as Listed).runs;
}

describe('sfp train', () => {
  it('trains all runs of a sweep and tells every event as JSON', async () => {
    const { code, stdout, stderr } = await sfp(['train', 'quick.sfp.json', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { run: string; type: string; name?: string });
    const created = events.filter(({ type }) => type === 'created');
    expect(created.map(({ name }) => name)).toEqual(['quick-l1', 'quick-l2']);
    for (const { run } of created) {
      const types = events.filter((event) => event.run === run && !['progress', 'preparing'].includes(event.type));
      expect(types.map(({ type }) => type)).toEqual([
        ...['created', 'started', 'pruned', 'pruned', 'epoch', 'checkpoint', 'finished'],
      ]);
    }
    expect(await readdir(join(folder, '.sfp', 'runs'))).toHaveLength(2);
  });

  it('writes a line an epoch into a log, without control characters', async () => {
    const { code, stdout } = await sfp(['train', 'quick.sfp.json', '--runs', 'logged']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2 runs in logged\n/);
    expect(stdout).toMatch(/quick-l1 +1\/1 +0\.05 +[\d.]+ +[\d.]+ % +[\d.]+ % +[\d.]+ % +\d+ +[\d.]+ +[\d:]+\n/);
    expect(stdout).toMatch(/quick-l2 {2}Finished in .*: test accuracy .* %, FLOPs -42\.2 % paper, -[34]\d\.\d % exact/);
    expect(stdout).toMatch(/quick-l2 {2}The compact network is the masked one\. .*\n/);
    expect(stdout).toMatch(/sfp compare \S+quick-l1\S+ \S+quick-l2\S+\n$/);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
  });

  it('stops all its runs at Ctrl-C and exits with 130', async () => {
    let asked = false;
    const { code, stdout } = await sfp(['train', 'endless.sfp.json', '--runs', 'interrupted'], {
      onOutput: (output, kill) => {
        if (asked || !output.includes('1/1000')) return;
        asked = true;
        kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(/endless-l1 {2}Stopped on request/);
    expect(stdout).toMatch(/endless-l2 {2}Stopped on request before training began/);
    expect((await listed('interrupted')).map(({ status }) => status)).toEqual(['stopped', 'stopped']);
  });

  it('lets go of runs with --detach; sfp stop ends them', async () => {
    const { code, stdout } = await sfp(['train', 'endless.sfp.json', '--runs', 'detached', '--detach', '--json']);
    expect(code).toBe(0);
    const runs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { run: string }).run);
    for (const run of runs.toReversed()) {
      const stopped = await sfp(['stop', run, '--runs', 'detached']);
      expect([stopped.code, stopped.stdout]).toEqual([0, `${run}: stopped on request.\n`]);
    }
    await expect
      .poll(async () => (await listed('detached')).map(({ status }) => status), { timeout: 20_000 })
      .toEqual(['stopped', 'stopped']);
  });

  it('lets a stopped run go on with sfp resume, telling only what is new, and refuses a finished one', async () => {
    const short = { data: { limit: 512, validation: 64 }, training: { ...smallConfig.training, epochs: 3 } };
    await writeFile(join(folder, 'short.sfp.json'), JSON.stringify({ ...short, engine: smallConfig.engine }));
    let asked = false;
    const first = await sfp(['train', 'short.sfp.json', '--runs', 'resumed'], {
      onOutput: (output, kill) => {
        if (asked || !output.includes('1/3')) return;
        asked = true;
        kill('SIGINT');
      },
    });
    expect(first.code).toBe(130);
    const { code, stdout, stderr } = await sfp(['resume', 'short', '--runs', 'resumed']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^short goes on\.\n(?:short {2}CIFAR-10: .*\n)?short {2}goes on in epoch 2 after \d+ steps; onnxruntime on CPU/,
    );
    expect(stdout).toMatch(/\nshort {2}(Blocked|Plain) operators.*\.\n/);
    expect(stdout).toMatch(
      /short +2\/3 .*\nshort +3\/3 .*\n(short {2}(leaving|comparing|measuring) .*\n)*short {2}Finished/,
    );
    expect(stdout).not.toMatch(/1\/3/);
    const again = await sfp(['resume', 'short', '--runs', 'resumed']);
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/is finished; there is nothing left to train/),
    ]);
  });

  it('says in one sentence where runs cannot be kept', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, stdout, stderr } = await sfp(['train', 'quick.sfp.json', '--runs', 'file/runs']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]*file[^\n]*\n$/);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
