import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readExperiment } from '../../../../src/experiment/read';
import type { Experiment, ResolvedRun } from '../../../../src/experiment/resolve';
import { createRuns } from '../../../../src/runs/folder/create';
import { presentRuns } from '../../../../src/runs/folder/presentRuns';
import type { RunManifest } from '../../../../src/runs/model/format';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

let project: string;
let runsFolder: string;
let configFile: string;
beforeEach(() => {
  project = temporaryFolder();
  runsFolder = join(project, 'runs');
  configFile = join(project, 'net.sfp.json');
});

function experimentOf(config: object): Experiment {
  const { experiment, problems } = readExperiment(JSON.stringify(config), 'net');
  expect(problems).toEqual([]);
  return experiment!;
}

/** Makes the runs of a config and has them end like this; one that is `lost` says that it runs. */
async function trained(config: object, status: RunManifest['status'] | 'lost' = 'finished'): Promise<string[]> {
  const created = await createRuns(runsFolder, { experiment: experimentOf(config), configFile, versions: {} });
  for (const { folder } of created) await changed(folder, { status: status === 'lost' ? 'running' : status });
  return created.map(({ id }) => id);
}

async function changed(folder: string, change: Partial<RunManifest>): Promise<void> {
  const file = join(folder, 'run.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as RunManifest;
  await writeFile(file, JSON.stringify({ ...manifest, ...change }));
}

const namesOf = (runs: readonly ResolvedRun[]) => runs.map(({ config }) => config.name);
const look = (config: object, from = configFile) => presentRuns(runsFolder, experimentOf(config).runs, from);

describe('runs of an experiment that are there', () => {
  test('are finished ones with the same settings, whatever they are called', async () => {
    await trained({ name: 'first', sweep: { 'training.seed': [1, 2] } });
    const { missing, finished } = await look({ name: 'second', sweep: { 'pruning.rate': [0.3, 0.4], repeats: 3 } });
    expect(finished.map(({ name }) => name)).toEqual(['first-seed1', 'first-seed2']);
    expect(namesOf(missing)).toEqual([
      'second-rate0.3-seed3',
      'second-rate0.4-seed1',
      'second-rate0.4-seed2',
      'second-rate0.4-seed3',
    ]);
  });

  test('are none in a folder that is not there', async () => {
    const { missing, finished } = await look({});
    expect(missing).toHaveLength(1);
    expect(finished).toEqual([]);
  });

  test.each([
    ['stopped', { halted: 1, missing: 0 }],
    ['lost', { halted: 1, missing: 0 }],
    ['created', { active: 1, missing: 0 }],
    ['failed', { missing: 1 }],
  ] as const)('%s ones are told apart', async (status, expected) => {
    await trained({}, status);
    const { missing, finished, active, halted } = await look({});
    const counts = { missing: missing.length, finished: finished.length, active: active.length, halted: halted.length };
    expect(counts).toEqual({ finished: 0, active: 0, halted: 0, ...expected });
  });

  test('count by the one that is nearest to its end', async () => {
    await trained({}, 'stopped');
    const [id] = await trained({}, 'finished');
    await trained({}, 'created');
    const { finished, active, halted } = await look({});
    expect(finished.map((run) => run.id)).toEqual([id]);
    expect([active, halted]).toEqual([[], []]);
  });

  test('are no narrow baselines, whose network is another one', async () => {
    const [id] = await trained({});
    await changed(join(runsFolder, id!), { baseline: { of: 'other', kind: 'narrow' } });
    expect((await look({})).missing).toHaveLength(1);
  });
});

describe('weights that a run starts from', () => {
  const config = { training: { initialWeights: './start.safetensors' } };

  async function weightsOf(time: Date): Promise<void> {
    const file = join(project, 'start.safetensors');
    await writeFile(file, '');
    await utimes(file, time, time);
  }

  test('are the same file, from another config too', async () => {
    await weightsOf(new Date('2026-01-01'));
    await trained(config);
    expect((await look(config)).finished).toHaveLength(1);
    const absolute = { training: { initialWeights: join(project, 'start.safetensors') } };
    expect((await look(absolute, join(project, 'deep', 'other.sfp.json'))).finished).toHaveLength(1);
    expect((await look(config, join(project, 'deep', 'other.sfp.json'))).finished).toHaveLength(0);
  });

  test('that changed since, or are gone, are others', async () => {
    await trained(config);
    expect((await look(config)).missing).toHaveLength(1);
    await weightsOf(new Date(Date.now() + 60_000));
    expect((await look(config)).missing).toHaveLength(1);
  });

  test('of a run are those that it had', async () => {
    const [source] = await trained({ name: 'source' });
    const from = { training: { initialWeights: source } };
    await trained(from);
    await changed(join(runsFolder, source!), { created: '2026-01-01T00:00:00.000Z' });
    expect((await look(from)).finished).toHaveLength(1);
    await changed(join(runsFolder, source!), { resumed: '2999-01-01T00:00:00.000Z' });
    expect((await look(from)).finished).toHaveLength(0);
  });
});
