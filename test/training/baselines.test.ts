import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerGraph } from '../../src/network/graph';
import { readHistory } from '../../src/runs/folder/reader';
import { commandLine } from '../fixtures/commandLine';
import { narrowCifarNet } from '../fixtures/compactNetwork';
import { writeCertificate } from '../fixtures/plausibleCertificate';
import { plausibleRun } from '../fixtures/plausibleRun';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

const line = commandLine();
const { sfp } = line;
const training = { ...smallConfig.training, epochs: 1 };
let runs: string;
let run: string;

async function compacted(folder: string, graph: LayerGraph): Promise<void> {
  await writeCertificate(folder, plausibleRun({ epochs: 3, certificate: {} }).history.certificate);
  await writeFile(join(folder, 'compact', 'network.json'), JSON.stringify(graph));
}

beforeAll(async () => {
  runs = join(line.folder, '.sfp', 'runs');
  run = await createSmallRun(runs, { training }, 'net');
});

describe('sfp baseline', () => {
  it('trains the three beside the run, each as what it is', async () => {
    await compacted(run, narrowCifarNet);
    const { code, stdout } = await sfp(['baseline', 'net']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^3 baselines of net in \.sfp\/runs\n/);
    const histories = await Promise.all((await readdir(runs)).map((name) => readHistory(join(runs, name))));
    const of = (name: string) => histories.find(({ manifest }) => manifest.name === name)!;
    const pruned = (name: string) =>
      of(name).prunings.map(({ event }) => event.layers.reduce((sum, layer) => sum + layer.pruned, 0));
    expect(of('net-dense').status).toBe('finished');
    expect(new Set(pruned('net-dense'))).toEqual(new Set([0]));
    expect(of('net-dense').epochs[0]?.before).toEqual(of('net-dense').epochs[0]?.after);
    expect(Math.min(...pruned('net-hard'))).toBeGreaterThan(0);
    expect(
      of('net-hard')
        .prunings.at(-1)!
        .event.layers.every(({ returned }) => returned === 0),
    ).toBe(true);
    expect(of('net-narrow').started?.layers).toEqual([
      { name: 'stem.conv', filters: 7 },
      { name: 'stage1.conv', filters: 11 },
    ]);
    expect(new Set(pruned('net-narrow'))).toEqual(new Set([0]));
    expect(of('net-narrow').manifest.config.training.seed).toBe(of('net').manifest.config.training.seed);
  });

  it('does not train again what is there, and says so', async () => {
    const { code, stdout } = await sfp(['baseline', 'net', '--kind', 'dense', 'hard']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^The baseline dense is there, finished: \S+-net-dense-\w+; --again trains another one\.\nThe baseline hard is there/,
    );
    expect(await readdir(runs)).toHaveLength(4);
  });

  it('says in a sentence that a run cannot be compacted yet, and that there is no such kind', async () => {
    await createSmallRun(runs, { training }, 'fresh');
    const untrained = await sfp(['baseline', 'fresh']);
    expect(untrained.code).toBe(1);
    expect(untrained.stderr).toMatch(/^The run \S+-fresh-\w+ is not done; compact it when it has finished, .*\n$/);
    const unknown = await sfp(['baseline', 'fresh', '--kind', 'wide']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/Allowed choices are dense, hard, narrow/);
  });
});
