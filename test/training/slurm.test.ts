import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoSlurm } from '../../scripts/slurm.mjs';
import { ensureDataset } from '../../src/data/sets/datasets';
import { readHistory } from '../../src/runs/folder/reader';
import { readSlurmRecord } from '../../src/runs/folder/slurmRecord';
import { isStopRequested } from '../../src/runs/control/stopRequest';
import { buildProgram, runScript, type BuiltProgram, type Ended } from '../fixtures/builtProgram';
import { outlineOf } from '../fixtures/runOutline';
import { smallConfig } from '../fixtures/smallRun';
import { startSlurm, type SlurmCluster } from '../fixtures/slurmCluster';

/** `sfp submit` against a real Slurm of one node: what it trains is what `sfp train` trains, whatever happens meanwhile. */

const reason = whyNoSlurm();
if (reason !== null) console.warn(`The tests with a real Slurm are skipped: ${reason}`);

const epochs = 8;
const { engine } = smallConfig;
const training = { ...smallConfig.training, epochs };
const base = { data: { limit: 192, validation: 64 }, training, engine };
const seeds = (values: readonly number[]) => values.map((seed) => ({ 'training.seed': seed }));
/** Tasks of the array by their place in it. */
const [whole, timeOver, stopped, failing, cancelled] = [0, 1, 2, 3, 4] as const;
/** So long that it is still training when Slurm looks for limits, which it does every half minute. */
const longer = { 'training.seed': 2, 'training.epochs': 100 };
const points = [
  ...seeds([1]),
  longer,
  { 'training.seed': 3, 'training.epochs': 1000 },
  { 'training.seed': 4, 'training.optimizer.learningRate': 1e30 },
  ...seeds([5, 6]),
];

let program: BuiltProgram;
let slurm: SlurmCluster;
let folder: string;

interface Job {
  readonly job: string;
  readonly submission: string;
  readonly runs: readonly { readonly run: string; readonly folder: string; readonly task: string }[];
}

interface ShownRun {
  readonly run: string;
  readonly status: string;
  readonly slurm: { readonly state: string } | null;
}

const sfp = (...args: string[]): Promise<Ended> =>
  runScript(program.commandLine, args, { cwd: folder, env: slurm.env });

const lines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

async function submitted(...args: string[]): Promise<Job> {
  const { code, stdout, stderr } = await sfp('submit', ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return lines(stdout).at(-1) as Job;
}

async function shown(runs: string): Promise<ReadonlyMap<string, ShownRun>> {
  const { stdout } = await sfp('jobs', '--json', '--runs', runs);
  const told = JSON.parse(stdout) as { runs: ShownRun[]; problem: string | null };
  expect(told.problem).toBeNull();
  return new Map(told.runs.map((run) => [run.run, run]));
}

const stateOf = async (task: string): Promise<string> =>
  (await slurm.call('squeue', `--jobs=${task}`, '--states=all', '--noheader', '--format=%T')).trim();

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 600_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within ten minutes: ${what}.`);
    await sleep(250);
  }
}

/** Waits until a run has trained for an epoch. */
const begun = (run: string): Promise<void> =>
  until('an epoch is trained', async () =>
    (await readdir(join(run, 'checkpoints'))).some((name) => name.startsWith('epoch')),
  );

/** `sfp` beside a trainer that compacts nothing. */
async function quickProgram(): Promise<string> {
  const built = dirname(program.commandLine);
  const place = join(built, 'quick');
  await mkdir(place, { recursive: true });
  for (const name of ['cli.js', 'queue.js', 'batchWorker.js']) await copyFile(join(built, name), join(place, name));
  await copyFile(program.bareTrainer, join(place, 'trainer.js'));
  return join(place, 'cli.js');
}

beforeAll(async () => {
  if (reason !== null) return;
  await ensureDataset('cifar10');
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-submit-'));
  const write = (name: string, value: object) => writeFile(join(folder, name), JSON.stringify(value));
  await write('six.sfp.json', { name: 'six', ...base, sweep: { points } });
  await write('local1.sfp.json', { ...base, training: { ...training, seed: 1 } });
  await write('local2.sfp.json', { ...base, training: { ...training, seed: 2, epochs: longer['training.epochs'] } });
  await write('one.sfp.json', { name: 'one', ...base });
  // A minute's limit is over at once for a task that is to be warned a minute before.
  const quick = await quickProgram();
  await write('here.slurm.json', { time: '10', graceSeconds: 60, maxParallel: 3, cpus: 1, program: quick });
  slurm = await startSlurm({ cpus: 4 });
});
afterAll(async () => {
  if (reason !== null) return;
  await slurm.end();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(reason !== null)('sfp submit with a real Slurm', () => {
  it(
    'trains an array in which one task is requeued by its time limit, one stopped, one fails and one is cancelled',
    { timeout: 900_000 },
    async () => {
      const { job, runs } = await submitted('six.sfp.json', '--profile', 'here', '--runs', 'array');
      expect(runs.map(({ task }) => task)).toEqual(points.map((_, index) => `${job}_${index}`));
      const folderOf = (index: number): string => runs[index]!.folder;

      const takenOut = await sfp('stop', runs[cancelled]!.run, '--runs', 'array');
      expect(takenOut.stdout).toBe(`${runs[cancelled]!.run}: taken out of the queue of Slurm.\n`);
      await begun(folderOf(stopped));
      expect((await sfp('stop', runs[stopped]!.run, '--runs', 'array')).code).toBe(0);
      await begun(folderOf(timeOver));
      await slurm.call('scontrol', 'update', `JobId=${job}_${timeOver}`, 'TimeLimit=1');
      await until('the task is requeued', async () => (await stateOf(`${job}_${timeOver}`)) === 'PENDING');
      // Slurm lets two minutes pass before the next turn of a task that was put back.
      await slurm.call('scontrol', 'update', `JobId=${job}_${timeOver}`, 'TimeLimit=10', 'StartTime=now');
      expect((await readHistory(folderOf(timeOver))).status).toBe('stopped');
      await until('all tasks are over', async () => (await slurm.call('squeue', '--noheader')).trim() === '');
      const told = await shown('array');
      const states = runs.map(({ run }) => [told.get(run)?.status, told.get(run)?.slurm?.state]);
      expect(states).toEqual([
        ['finished', 'COMPLETED'],
        ['finished', 'COMPLETED'],
        ['stopped', 'COMPLETED'],
        ['failed', 'FAILED'],
        ['stopped', 'CANCELLED'],
        ['finished', 'COMPLETED'],
      ]);
      expect((await readHistory(folderOf(timeOver))).started?.from).toBeDefined();
      expect((await readHistory(folderOf(failing))).manifest.error).toMatch(/loss/);
      expect((await sfp('list', '--runs', 'array')).stdout).toMatch(/ slurm .*\n/);
      expect((await sfp('jobs', '--runs', 'array', '--log', runs[timeOver]!.run)).stdout).toMatch(
        /was ended by Slurm; it goes on from epoch-\S+ in its next turn\./,
      );

      const quick = join(dirname(program.commandLine), 'quick', 'cli.js');
      for (const [index, config, lastEpoch] of [
        [whole, 'local1', epochs - 1],
        [timeOver, 'local2', longer['training.epochs'] - 1],
      ] as const) {
        const args = ['train', `${config}.sfp.json`, '--runs', config];
        const env = { SFP_LAB_QUEUE: join(folder, 'queue') };
        const trained = await runScript(quick, args, { cwd: folder, env });
        expect(trained.code).toBe(0);
        const [local] = await readdir(join(folder, config));
        expect(await outlineOf(folderOf(index), lastEpoch)).toEqual(
          await outlineOf(join(folder, config, local!), lastEpoch),
        );
      }

      const again = await sfp('submit', 'six.sfp.json', '--profile', 'here', '--runs', 'array', '--dry-run');
      expect(again.stdout).toMatch(/3 of 6 runs are finished already/);
      expect(again.stdout).toContain('--array=0-0%3');
    },
  );

  it('lets runs that were stopped go on when they are submitted again', async () => {
    const { runs, job } = await submitted(
      'six.sfp.json',
      '--profile',
      'here',
      '--resume',
      '--runs',
      'array',
      '--time',
      '5',
    );
    expect(runs).toHaveLength(3);
    const resumed = runs.find(({ run }) => run.includes('seed5'))!;
    expect(await isStopRequested(resumed.folder)).toBe(false);
    expect(await readSlurmRecord(resumed.folder)).toMatchObject({ job });
    await until('it is finished', async () => (await readHistory(resumed.folder)).status === 'finished');
    await slurm.call('scancel', job);
  });

  it('leaves a run alone that scancel has ended, and shows it as stopped', async () => {
    const { runs, job } = await submitted('one.sfp.json', '--runs', 'cancelled');
    await begun(runs[0]!.folder);
    await slurm.call('scancel', job);
    await until('it is stopped', async () => (await stateOf(job)) === 'CANCELLED');
    expect((await readHistory(runs[0]!.folder)).status).toBe('stopped');
  });

  it('removes what it has made when Slurm refuses the job', async () => {
    const { code, stderr } = await sfp('submit', 'one.sfp.json', '--runs', 'refused', '--partition', 'nowhere');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Slurm refused the job: .*[Pp]artition.* Nothing was submitted/);
    expect((await readdir(join(folder, 'refused'))).filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(await readdir(join(folder, 'refused', '.slurm'))).toEqual([]);
  });

  it('says so when Slurm does not answer, and submits nothing twice', async () => {
    await slurm.controller.stop();
    const silent = await sfp('submit', 'one.sfp.json', '--runs', 'silent');
    expect(silent.code).toBe(1);
    expect(silent.stderr).toMatch(/Slurm does not answer.*not submitted a second time/s);
    const [run] = (await readdir(join(folder, 'silent'))).filter((name) => !name.startsWith('.'));
    expect((await sfp('list', '--runs', 'silent')).stderr).toMatch(/Slurm does not answer/);
    const twice = await sfp('submit', 'one.sfp.json', '--runs', 'silent');
    expect(twice.stdout).toMatch(/in training or waiting for it and is not started twice/);
    await slurm.controller.start();
    expect((await sfp('stop', run!, '--runs', 'silent')).code).toBe(0);
    expect((await readHistory(join(folder, 'silent', run!))).status).toBe('stopped');
  });

  it('reads the same states from the JSON of this Slurm as from its texts', async () => {
    const { queueStatesFromJson, queueStatesFromText } = await import('../../src/scheduling/slurm/queueStates');
    process.env.SLURM_CONF = slurm.env.SLURM_CONF;
    try {
      const record = await readSlurmRecord(join(folder, 'array', (await shown('array')).keys().next().value!));
      const array = { ...record!, job: record!.job! };
      const texts = await queueStatesFromText(array);
      expect(texts.size).toBeGreaterThan(0);
      const json = await queueStatesFromJson(array);
      if (json !== null) expect(new Set(json.keys())).toEqual(new Set(texts.keys()));
      for (const [index, { state }] of json ?? []) expect(state).toBe(texts.get(index)?.state);
    } finally {
      delete process.env.SLURM_CONF;
    }
  });
});

it.skipIf(reason !== null)('says what `sfp slurm-task` is for where there is no job', async () => {
  const { code, stderr } = await sfp('slurm-task', '.');
  expect(code).toBe(1);
  expect(stderr).toMatch(/is for the batch scripts/);
  expect(await readFile(join(folder, 'six.sfp.json'), 'utf8')).toContain('six');
});
