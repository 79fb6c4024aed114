import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BaselineKind } from '../../../../src/config/baselines';
import { runConfigSchema } from '../../../../src/config/schema';
import { createBaselines, planBaselines, readBaselines } from '../../../../src/runs/folder/baselines';
import type { CreatedRun } from '../../../../src/runs/folder/create';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { compactResNet } from '../../../fixtures/compactNetwork';
import { writeCertificate, type CertificateOptions } from '../../../fixtures/plausibleCertificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { newRunFolder } from '../../../fixtures/runFolder';

const all = ['dense', 'hard', 'narrow'] as const;
const made = { versions: { node: '20.0.0' }, git: null };
const { training, pruning } = runConfigSchema.parse({
  name: 'net',
  training: { seed: 3 },
  pruning: { criterion: 'l1', rate: 0.4 },
});

let run: string;
let id: string;
beforeEach(async () => {
  run = await newRunFolder({ name: 'net', training, pruning });
  ({ id } = await readManifest(run));
});

async function compacted(certificate: CertificateOptions = {}): Promise<void> {
  await writeCertificate(run, plausibleRun({ epochs: 3, certificate }).history.certificate);
  await writeFile(join(run, 'compact', 'network.json'), JSON.stringify(compactResNet));
}

async function created(kinds: readonly BaselineKind[], again = false): Promise<CreatedRun[]> {
  return createBaselines(run, await planBaselines(run, kinds, again), made);
}

describe('the baselines of a run', () => {
  test('are runs beside it, of its experiment, with its seed, that say what they are', async () => {
    await compacted();
    const runs = await created(all);
    expect(runs.map(({ name }) => name)).toEqual(['net-dense', 'net-hard', 'net-narrow']);
    for (const [index, { folder }] of runs.entries()) {
      expect(dirname(folder)).toBe(dirname(run));
      expect(await readManifest(folder)).toMatchObject({
        experiment: 'test',
        status: 'created',
        baseline: { of: id, kind: all[index] },
        config: { training: { seed: 3 }, pruning: { criterion: 'l1' } },
        versions: made.versions,
      });
    }
    const rates = await Promise.all(runs.map(async ({ folder }) => (await readManifest(folder)).config.pruning.rate));
    expect(rates).toEqual([0, 0.4, 0]);
  });

  test('of which the narrow one has the compact shape in its folder, and no other has', async () => {
    await compacted();
    const [dense, hard, narrow] = (await created(all)).map(({ folder }) => folder) as [string, string, string];
    expect(JSON.parse(await readFile(join(narrow, 'network.json'), 'utf8'))).toEqual(compactResNet);
    for (const folder of [dense, hard]) expect(await readdir(folder)).not.toContain('network.json');
  });

  test('ask for sfp compact where a narrow one is wanted and cannot be, and none is made', async () => {
    await expect(created(all)).rejects.toThrow(`run \`sfp compact ${id}\` first, or leave "narrow" out.`);
    expect(await readdir(dirname(run))).toHaveLength(1);
    expect(await created(['hard', 'dense'])).toHaveLength(2);
  });

  test('with a damaged compact network are refused in a sentence, and none is made', async () => {
    await compacted();
    await writeFile(join(run, 'compact', 'network.json'), '{"name":"net"}');
    await expect(created(all)).rejects.toThrow(/network\.json describes no network: .*; compact the run again\.$/);
    expect(await readdir(dirname(run))).toHaveLength(1);
  });

  test('take no shape of a compact network that is not the masked one, and none is made', async () => {
    await compacted({ largestDifference: 1 });
    await expect(created(all)).rejects.toThrow(
      /is NOT the masked one, as its certificate says: .*, or leave the baseline "narrow" out\.$/,
    );
    expect(await readdir(dirname(run))).toHaveLength(1);
  });

  test('that are there are not planned again, unless that is asked for', async () => {
    const [first] = await created(['dense']);
    const plan = await planBaselines(run, ['dense', 'hard'], false);
    expect(plan.kinds).toEqual(['hard']);
    expect(plan.present.map((it) => it.id)).toEqual([first!.id]);
    expect((await planBaselines(run, ['dense'], true)).kinds).toEqual(['dense']);
    // Another run's are no concern of this one.
    const other = await newRunFolder({ name: 'other', training, pruning }, dirname(run));
    expect((await planBaselines(other, ['dense'], false)).kinds).toEqual(['dense']);
  });

  test('are not made of a run that is trained so itself', async () => {
    const hard = await newRunFolder({ name: 'hard', pruning: { ...pruning, schedule: 'hard' } }, dirname(run));
    expect(await planBaselines(hard, ['dense', 'hard'], false)).toMatchObject({ kinds: ['dense'], own: ['hard'] });
  });

  test('are not made of baselines', async () => {
    const [dense] = await created(['dense']);
    await expect(planBaselines(dense!.folder, ['hard'], false)).rejects.toThrow(
      `${dense!.id} is itself a baseline, of ${id}: name that run to train its other baselines.`,
    );
  });
});

test('the baselines that are read are the newest of each kind, in the order of the kinds', async () => {
  const [dense, hard] = await created(['dense', 'hard']);
  const [again] = await created(['dense'], true);
  for (const [created, day] of [
    [dense, 1],
    [again, 2],
    [hard, 3],
  ] as const) {
    const writer = await RunWriter.open(created!.folder);
    await writer.update({ created: `2026-01-0${day}T00:00:00.000Z` });
    await writer.close();
  }
  expect((await readBaselines(run, id)).map((it) => it.id)).toEqual([again!.id, hard!.id]);
});
