import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { loadExperiment } from '../../src/experiment/load';
import { thisProcess } from '../../src/base/processes';
import { fileNames } from '../../src/runs/model/format';
import { sensitivitySchema, type Sensitivity } from '../../src/runs/model/sensitivity';
import { readHistory } from '../../src/runs/folder/reader';
import { trainRun } from '../../src/training/run/trainRun';
import { buildProgram, runScript, type BuiltProgram, type Ended, type ProgramOptions } from '../fixtures/builtProgram';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

let program: BuiltProgram;
let folder: string;
let run: string;

const quick = { data: { limit: 64, validation: 64 }, training: { ...smallConfig.training, epochs: 1, batchSize: 32 } };
const wish = ['--rates', '0.3,0.6', '--images', '32'];

beforeAll(async () => {
  await ensureDataset('cifar10');
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-sensitivity-'));
  run = await createSmallRun(join(folder, '.sfp', 'runs'), quick);
  await trainRun(run, { batchWorkerScript: program.batchWorker });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function sfp(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return runScript(program.commandLine, args, { cwd: folder, ...options });
}

interface Line {
  readonly type: 'note' | 'pool' | 'done';
  readonly text?: string;
  readonly layers?: Readonly<Record<string, { rate: number }>>;
}

async function measure(args: readonly string[] = wish): Promise<Line[]> {
  const { code, stdout, stderr } = await sfp(['sensitivity', run, '--json', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const file = (): string => join(run, fileNames.sensitivity);
const kept = async (): Promise<Sensitivity> => sensitivitySchema.parse(JSON.parse(await readFile(file(), 'utf8')));
const poolsIn = (lines: readonly Line[]): number => lines.filter(({ type }) => type === 'pool').length;

describe('sfp sensitivity', () => {
  let whole: Sensitivity;

  it('measures every layer and keeps the figures in the run', async () => {
    const lines = await measure();
    expect(poolsIn(lines)).toBe(19);
    whole = await kept();
    expect(whole).toMatchObject({ poolCount: 19, process: null, subject: { weights: 'epoch-0000', images: 32 } });
    for (const { groups, prunedBefore, points } of whole.pools) {
      expect(prunedBefore).toBe(Math.floor(0.3 * groups));
      // At the rate that the checkpoint is pruned by nothing changes.
      expect(points[0]).toEqual({ rate: 0.3, pruned: prunedBefore, ...whole.base });
      expect(points[1]).toMatchObject({ rate: 0.6, pruned: Math.floor(0.6 * groups) });
    }
    // Pruning must have changed something, or nothing was pruned.
    expect(whole.pools.some(({ points }) => points[1]!.loss !== whole.base.loss)).toBe(true);
    expect((await readHistory(run)).sensitivity).toEqual(whole);
  });

  it('is only read when it is complete', async () => {
    const before = (await stat(file())).mtimeMs;
    expect((await measure()).map(({ type }) => type)).toEqual(['done']);
    expect((await stat(file())).mtimeMs).toBe(before);
  });

  it('goes on where it was stopped, to the same figures', async () => {
    await writeFile(file(), JSON.stringify({ ...whole, pools: whole.pools.slice(0, 12) }));
    expect(poolsIn(await measure())).toBe(7);
    expect(await kept()).toEqual(whole);
  });

  it('keeps what it has when it is interrupted', async () => {
    await rm(file());
    let interrupted = false;
    const { code } = await sfp(['sensitivity', run, '--json', ...wish], {
      onOutput: (output, kill) => {
        // A second one would end it without a word.
        if (interrupted || !output.includes('"type":"pool"')) return;
        interrupted = true;
        kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    const { pools, process } = await kept();
    expect(pools.length).toBeGreaterThan(0);
    expect(pools.length).toBeLessThan(19);
    expect(process).toBeNull();
    expect(pools).toEqual(whole.pools.slice(0, pools.length));
  });

  it('begins anew with other settings, and says so', async () => {
    await writeFile(file(), JSON.stringify(whole));
    const lines = await measure(['--rates', '0.9', '--images', '8']);
    expect(lines[0]?.text).toContain('begun anew');
    expect((await kept()).subject).toMatchObject({ rates: [0.9], images: 8 });
  });

  it('suggests rates that a config takes', async () => {
    await writeFile(file(), JSON.stringify(whole));
    const { stdout } = await sfp(['sensitivity', run, ...wish, '--suggest', '--drop', '100']);
    const config = join(folder, 'suggested.sfp.json');
    await writeFile(config, `{ ${stdout} }`);
    const { runs } = await loadExperiment(config);
    const { layers } = runs[0].config.pruning;
    expect(Object.keys(layers)).toHaveLength(19);
    expect(Object.values(layers).every(({ rate }) => rate === 0.6)).toBe(true);
  });

  it('waits for nobody who is measuring or training, and says so', async () => {
    await writeFile(file(), JSON.stringify({ ...whole, pools: [], process: await thisProcess() }));
    const measuring = await sfp(['sensitivity', run, ...wish]);
    expect([measuring.code, measuring.stderr]).toEqual([1, expect.stringContaining('being measured already')]);
    const manifest = JSON.parse(await readFile(join(run, fileNames.run), 'utf8')) as object;
    const busy = { ...manifest, status: 'running', process: await thisProcess() };
    await writeFile(join(run, fileNames.run), JSON.stringify(busy));
    const training = await sfp(['sensitivity', run, ...wish]);
    expect([training.code, training.stderr]).toEqual([1, expect.stringContaining('not trained to its end')]);
    await writeFile(join(run, fileNames.run), JSON.stringify(manifest));
  });

  it('measures the weights that a config starts from, and refuses random ones', async () => {
    const config = async (name: string, initialWeights: string | null): Promise<string> => {
      const training = { ...quick.training, initialWeights };
      await writeFile(join(folder, name), JSON.stringify({ ...smallConfig, ...quick, training }));
      return name;
    };
    const random = await sfp(['sensitivity', await config('random.sfp.json', null), ...wish]);
    expect([random.code, random.stderr]).toEqual([2, expect.stringContaining('random weights')]);
    const given = await sfp([
      'sensitivity',
      await config('given.sfp.json', 'small'),
      '--json',
      '--rates',
      '0.6',
      '--images',
      '8',
    ]);
    expect(given.code).toBe(0);
    const done = JSON.parse(given.stdout.trimEnd().split('\n').at(-1)!) as { type: string; file: string };
    expect(done.type).toBe('done');
    // It is in the cache, as there is no run yet.
    await rm(done.file);
  });
});
