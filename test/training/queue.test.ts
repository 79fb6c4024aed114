import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { keptCheckpoints, newestCheckpoint } from '../../src/runs/checkpoints/keptCheckpoints';
import { fileNames } from '../../src/runs/model/format';
import { readManifest } from '../../src/runs/folder/manifest';
import { readHistory } from '../../src/runs/folder/reader';
import { readShown } from '../../src/runs/folder/status';
import { RunLock } from '../../src/runs/lock/runLock';
import { queueProcess } from '../../src/scheduling/queue/enqueue';
import { readQueue } from '../../src/scheduling/queue/queueFile';
import { buildProgram, runScript, type Ended } from '../fixtures/builtProgram';
import { outlineOf } from '../fixtures/runOutline';
import { smallConfig } from '../fixtures/smallRun';

/** The queue of a machine with real processes, each test with a queue of its own. */

let commandLine: string;
let folder: string;
let queue: string;
let tests = 0;

const { training, engine } = smallConfig;
const sweep = { 'training.seed': [1, 2, 3] };
const patience = { timeout: 120_000, interval: 100 };

beforeAll(async () => {
  await ensureDataset('cifar10');
  commandLine = await bareProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-queue-'));
  const quick = { data: { limit: 64, validation: 64 }, training: { ...training, epochs: 1 }, engine, sweep };
  const longer = { ...quick, training: { ...training, epochs: 8 }, sweep: { 'training.seed': [1, 2] } };
  const endless = { data: { limit: 256, validation: 64 }, training: { ...training, epochs: 1000 }, engine, sweep };
  for (const [name, config] of Object.entries({ quick, longer, endless }))
    await writeFile(join(folder, `${name}.sfp.json`), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

beforeEach(async () => {
  tests += 1;
  queue = join(folder, `queue-${tests}`);
  // Nothing is measured on a machine that tests.
  await sfp(['queue', 'slots', '1', '--threads', '1']);
});

/** `sfp` and the queue with a trainer that makes nothing of a trained run, which takes longer than these trainings. */
async function bareProgram(): Promise<string> {
  const built = await buildProgram();
  const from = dirname(built.commandLine);
  // Inside the repository, so that Node finds the engine's library.
  const to = `${from}-bare`;
  await mkdir(to, { recursive: true });
  for (const name of ['cli', 'queue', 'batchWorker']) await copyFile(join(from, `${name}.js`), join(to, `${name}.js`));
  await copyFile(built.bareTrainer, join(to, 'trainer.js'));
  return join(to, 'cli.js');
}

function sfp(args: readonly string[]): Promise<Ended> {
  return runScript(commandLine, args, { cwd: folder, env: { SFP_LAB_QUEUE: queue } });
}

/** Folders of the runs that were started, by name. */
async function start(config: string, ...options: string[]): Promise<Map<string, string>> {
  const runs = ['--runs', `runs-${tests}`];
  const { code, stdout, stderr } = await sfp([
    'train',
    `${config}.sfp.json`,
    '--detach',
    '--json',
    ...runs,
    ...options,
  ]);
  expect([code, stderr.replace(/^The queue is paused.*\n/, '')]).toEqual([0, '']);
  const created = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; name: string; folder: string })
    .filter(({ type }) => type === 'created');
  return new Map(created.map(({ name, folder: at }) => [name, at]));
}

async function statuses(folders: Iterable<string>): Promise<string[]> {
  return Promise.all([...folders].map(async (at) => (await readShown(at)).status));
}

async function namesInOrder(): Promise<string[]> {
  const { runs } = await readQueue(queue);
  return Promise.all(runs.map(async ({ folder: at }) => (await readManifest(at)).name));
}

function untilRunning(at: string): Promise<void> {
  return expect.poll(async () => (await readHistory(at)).epochs.length, patience).toBeGreaterThan(0);
}

/** An epoch is told before it is saved. */
function untilSaved(at: string): Promise<void> {
  const newest = async () => newestCheckpoint(await keptCheckpoints(at, (await readManifest(at)).config));
  return expect.poll(newest, patience).toBeDefined();
}

describe.skipIf(process.platform === 'win32')('the queue of a machine', () => {
  it('goes on where its process was killed: a run that trains is left alone, and has its place', async () => {
    const runs = await start('endless');
    const [first, second, third] = [...runs.values()] as [string, string, string];
    await untilRunning(first);
    const before = (await readManifest(first)).process!.pid;
    process.kill((await queueProcess(queue))!, 'SIGKILL');
    // The trainer goes on; who waits is waited for by nobody.
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['running', 'lost', 'lost']);
    expect((await sfp(['queue', 'continue'])).code).toBe(0);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['running', 'created', 'created']);
    expect((await readManifest(first)).process!.pid).toBe(before);
    await sfp(['queue', 'cancel', first]);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['stopped', 'running', 'created']);
    await sfp(['queue', 'cancel', second, third]);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['stopped', 'stopped', 'stopped']);
    const events = await readFile(join(first, fileNames.events), 'utf8');
    expect(events.match(/"type":"started"/g)).toHaveLength(1);
    await expect.poll(() => queueProcess(queue), patience).toBeNull();
    const left = await readQueue(queue);
    expect([left.runs, left.ended.toSorted()]).toEqual([[], [...runs.values()].toSorted()]);
  });

  it('lets a run go on that was lost with the machine, to the same bits', async () => {
    const whole = await start('longer');
    await expect.poll(() => statuses(whole.values()), patience).toEqual(['finished', 'finished']);
    const broken = await start('longer', '--again');
    const [first] = [...broken.values()] as [string];
    await untilSaved(first);
    // As when the power fails, everything is gone at once.
    process.kill((await queueProcess(queue))!, 'SIGKILL');
    process.kill((await readManifest(first)).process!.pid, 'SIGKILL');
    await expect.poll(() => statuses(broken.values()), patience).toEqual(['lost', 'lost']);
    await sfp(['queue', 'continue']);
    await expect.poll(() => statuses(broken.values()), patience).toEqual(['finished', 'finished']);
    expect((await readHistory(first)).started?.from?.epoch).toBeGreaterThan(0);
    for (const [name, at] of broken) expect(await outlineOf(at, 7)).toEqual(await outlineOf(whole.get(name)!, 7));
  });

  it('survives the violent end of one run, leaves out one whose stop was requested, and trains the next', async () => {
    const runs = await start('endless');
    const [killed, unwanted, last] = [...runs.values()] as [string, string, string];
    await untilRunning(killed);
    await expect(RunLock.take(last)).rejects.toThrow('is being trained already, by process');
    await writeFile(join(unwanted, fileNames.stopRequest), '');
    process.kill((await readManifest(killed)).process!.pid, 'SIGKILL');
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['failed', 'stopped', 'running']);
    expect((await readManifest(killed)).error).toMatch(/SIGKILL/);
    expect((await readHistory(unwanted)).started).toBeNull();
    await sfp(['queue', 'cancel', last]);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['failed', 'stopped', 'stopped']);
  });

  it('is one for two who add runs at the same moment', async () => {
    const [some, others] = await Promise.all([start('quick', '--again'), start('quick', '--again')]);
    const all = [...some.values(), ...others.values()];
    expect(new Set(all).size).toBe(6);
    await expect.poll(() => statuses(all), patience).toEqual(all.map(() => 'finished'));
    for (const at of all)
      expect((await readFile(join(at, fileNames.events), 'utf8')).match(/"type":"started"/g)).toHaveLength(1);
  });

  it('is paused, put into another order and continued, and lets waiting runs be cancelled', async () => {
    await sfp(['queue', 'pause']);
    const runs = await start('quick');
    expect((await sfp(['queue'])).stdout).toMatch(/paused/);
    expect(await statuses(runs.values())).toEqual(['created', 'created', 'created']);

    expect((await sfp(['queue', 'move', 'quick-seed3', 'first'])).code).toBe(0);
    expect((await sfp(['queue', 'move', 'quick-seed1', '3'])).code).toBe(0);
    expect(await namesInOrder()).toEqual(['quick-seed3', 'quick-seed2', 'quick-seed1']);
    expect((await sfp(['queue', 'cancel', 'quick-seed2'])).code).toBe(0);
    await expect.poll(() => statuses([runs.get('quick-seed2')!]), patience).toEqual(['stopped']);
    await sfp(['queue', 'continue']);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['finished', 'stopped', 'finished']);
    const begins = await Promise.all(
      ['quick-seed3', 'quick-seed1'].map(async (name) => (await readHistory(runs.get(name)!)).epochs[0]!.time),
    );
    expect(begins[0]! < begins[1]!).toBe(true);
    await expect.poll(async () => (await readQueue(queue)).ended, patience).toEqual([runs.get('quick-seed2')]);
    expect((await sfp(['queue', 'retry'])).code).toBe(0);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['finished', 'finished', 'finished']);
  });

  it('trains as many at once as it is told, each with its threads, and stops what is cancelled', async () => {
    await sfp(['queue', 'slots', '2', '--threads', '1']);
    const runs = await start('endless');
    const [first, second, third] = [...runs.values()] as [string, string, string];
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['running', 'running', 'created']);
    await Promise.all([untilRunning(first), untilRunning(second)]);
    expect((await readManifest(first)).engine?.threads).toBe(1);
    const { stdout } = await sfp(['queue', '--json']);
    const told = JSON.parse(stdout) as { runs: { status: string; place: number | null }[] };
    expect(told.runs.map(({ status, place }) => [status, place])).toEqual([
      ['running', null],
      ['running', null],
      ['created', 1],
    ]);
    expect((await sfp(['queue', 'cancel', 'endless-seed1'])).code).toBe(0);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['stopped', 'running', 'running']);
    await sfp(['queue', 'cancel', second, third]);
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['stopped', 'stopped', 'stopped']);
    await expect.poll(() => queueProcess(queue), patience).toBeNull();
  });

  it('keeps a damaged file aside, and goes on with what its process knows', async () => {
    const runs = await start('quick');
    await writeFile(join(queue, 'queue.json'), '{ "runs": [');
    await expect.poll(() => statuses(runs.values()), patience).toEqual(['finished', 'finished', 'finished']);
    expect(await readFile(join(queue, 'queue.log'), 'utf8')).toMatch(/was damaged; it is kept as .*\.damaged/);
  });
});
