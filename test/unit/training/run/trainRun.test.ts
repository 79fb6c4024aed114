import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { initialState } from '../../../../src/network/initialState';
import { Checkpoints, readCheckpoint, type CheckpointManifest } from '../../../../src/runs/checkpoints/checkpoints';
import { readHistory } from '../../../../src/runs/folder/reader';
import { fileNames } from '../../../../src/runs/model/format';
import type { RunHistory } from '../../../../src/runs/model/history';
import { narrowCifarNet } from '../../../fixtures/compactNetwork';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';
import { createFakeRun, lose, ready, resume, train } from './fakeRun';

vi.mock('../../../../src/training/run/setup', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  setUp: (await import('./fakeParts')).setUp,
}));
vi.mock('../../../../src/runs/folder/runNetwork', async () => ({
  runNetwork: (await import('./fakeParts')).runNetwork,
}));

let made: string;
let whole: RunHistory;
let folder: string;

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'sfp-lab-run-'));
  const finished = await createFakeRun(join(made, 'runs'));
  await train(finished);
  whole = await readHistory(finished);
});
afterAll(() => {
  rmSync(made, { recursive: true, force: true });
});

/** A copy of the finished run. */
beforeEach(async () => {
  const runs = join(temporaryFolder(), 'runs');
  await cp(join(made, 'runs'), runs, { recursive: true });
  folder = join(runs, whole.manifest.id);
});

const checkpoint = (name: string): string => join(folder, 'checkpoints', name);
const layers = (): string => join(folder, 'layers.bin');

/** What the prunings came to, by epoch. */
const prunings = ({ prunings }: RunHistory) => prunings.map(({ event: { epoch, layers } }) => ({ epoch, layers }));

async function warningsOf(): Promise<readonly string[]> {
  return (await readHistory(folder)).warnings;
}

/** As many epochs as before, and at the end the same network. */
async function expectSameEnd(): Promise<void> {
  const history = await readHistory(folder);
  expect(history.status).toBe('finished');
  expect(history.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  expect(prunings(history)).toEqual(prunings(whole));
  const before = join(made, 'runs', whole.manifest.id, 'checkpoints', 'epoch-0002');
  expect((await readCheckpoint(checkpoint('epoch-0002'))).state).toEqual((await readCheckpoint(before)).state);
}

describe('a run that goes on after epoch 2', () => {
  beforeEach(async () => {
    expect(whole.prunings.at(-1)!.event.layers[0]!.returned).toBeGreaterThan(0);
    await lose(folder);
    await rm(checkpoint('epoch-0002'), { recursive: true });
  });

  /** The numbers of records that events name, in the order in which they were told. */
  async function namedRecords(): Promise<number[]> {
    const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trim().split('\n');
    return lines.flatMap((line) => /"type":"pruned".*"record":(\d+)/.exec(line)?.[1] ?? []).map(Number);
  }

  async function recordedEpochs(): Promise<(number | undefined)[]> {
    return (await readHistory(folder)).prunings.map(({ record }) => record?.epoch);
  }

  test('gives its records new numbers', async () => {
    await resume(folder);
    expect(await namedRecords()).toEqual([0, 1, 2, 3, 4]);
    expect(await recordedEpochs()).toEqual([-1, 0, 1, 2]);
    expect(await warningsOf()).toEqual([]);
    await expectSameEnd();
  });

  test('where layers.bin is missing gives no number twice, knows what came back, and says what is lost', async () => {
    await rm(layers());
    await resume(folder);
    expect(await namedRecords()).toEqual([0, 1, 2, 3, 4]);
    expect(await recordedEpochs()).toEqual([undefined, undefined, undefined, 2]);
    expect(await warningsOf()).toEqual([
      'layers.bin has lost what it recorded of the prunings before the first epoch, after epoch 1, after epoch 2 and after ' +
        'epoch 3: scores and masks of them can’t be shown.',
    ]);
    await expectSameEnd();
  });

  test.each([
    ['cut off in the middle', 0.5],
    ['emptied', 0],
  ])('where layers.bin was %s likewise', async (_how, part) => {
    await truncate(layers(), Math.floor(part * (await readFile(layers())).length));
    await resume(folder);
    expect(await namedRecords()).toEqual([0, 1, 2, 3, 4]);
    expect((await recordedEpochs()).at(-1)).toBe(2);
    expect((await warningsOf())[0]).toMatch(/^layers\.bin has lost what it recorded/);
    await expectSameEnd();
  });

  test('where the last record that was told of is damaged leaves it its number, and says so', async () => {
    const bytes = await readFile(layers());
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(layers(), bytes);
    await resume(folder);
    expect(await namedRecords()).toEqual([0, 1, 2, 3, 4]);
    expect(await recordedEpochs()).toEqual([-1, 0, 1, 2]);
    expect((await warningsOf())[0]).toMatch(
      /^layers\.bin has lost .* the pruning after epoch 3: scores and masks of it/,
    );
    await expectSameEnd();
  });

  test('where layers.bin has a damaged beginning keeps it under another name and begins a new one', async () => {
    const bytes = await readFile(layers());
    bytes[20]! ^= 1;
    await writeFile(layers(), bytes);
    await resume(folder);
    expect(await readFile(join(folder, 'layers.bin.damaged-1'))).toEqual(bytes);
    expect(await namedRecords()).toEqual([0, 1, 2, 3, 4]);
    expect(await recordedEpochs()).toEqual([undefined, undefined, undefined, 2]);
    expect((await warningsOf())[0]).toMatch(
      /could not be gone on with; it is kept as layers\.bin\.damaged-1, and a new/,
    );
    await expectSameEnd();
  });

  test('where layers.bin is of other layers does so too', async () => {
    const bytes = Buffer.from((await readFile(layers())).toString('latin1').replace('"conv"', '"cunv"'), 'latin1');
    const end = bytes.readUInt32LE(12) + 16;
    bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
    await writeFile(layers(), bytes);
    await resume(folder);
    expect((await warningsOf()).join()).toMatch(/kept as layers\.bin\.damaged-1.* record of other layers/);
    await expectSameEnd();
  });

  test('tells what events.jsonl has lost', async () => {
    await truncate(join(folder, 'events.jsonl'), 0);
    await resume(folder);
    expect(await warningsOf()).toContain('events.jsonl has lost what happened in 2 of the 2 epochs so far.');
    expect((await readHistory(folder)).prunings.at(-1)?.event.layers).toEqual(whole.prunings.at(-1)?.event.layers);
  });

  test('has its run.json at the end where it was deleted meanwhile', async () => {
    await resume(folder, { conclude: () => rm(join(folder, 'run.json')) });
    await expectSameEnd();
  });

  test('begins again where checkpoints is missing', async () => {
    await rm(join(folder, 'checkpoints'), { recursive: true });
    await resume(folder);
    await expectSameEnd();
    expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual(
      (await readdir(join(made, 'runs', whole.manifest.id, 'checkpoints'))).sort(),
    );
  });

  async function editManifest(name: string, change: Partial<CheckpointManifest>): Promise<void> {
    const file = join(checkpoint(name), 'manifest.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as CheckpointManifest;
    await writeFile(file, JSON.stringify({ ...manifest, ...change }));
  }

  test('passes over a checkpoint of an epoch that it does not have, and leaves it alone', async () => {
    await cp(checkpoint('epoch-0001'), checkpoint('epoch-0099'), { recursive: true });
    await editManifest('epoch-0099', { epoch: 99 });
    await resume(folder);
    expect(await warningsOf()).toEqual([
      'epoch-0099 is no checkpoint of this run, which has 3 epochs; it is passed over.',
    ]);
    expect(await readdir(checkpoint('epoch-0099'))).toContain('manifest.json');
    await expectSameEnd();
  });

  test.each([99, 0])(
    'passes over a checkpoint whose manifest says epoch %i, which its name does not',
    async (epoch) => {
      await editManifest('epoch-0001', { epoch });
      await resume(folder);
      expect((await warningsOf())[0]).toMatch(
        /epoch-0001.manifest\.json is damaged: it is that of epoch-00\d\d; .* passed over/,
      );
      await expectSameEnd();
    },
  );

  const spoiled: Record<string, (file: string) => Promise<unknown>> = {
    empty: (file) => truncate(file, 0),
    missing: (file) => rm(file),
    'a folder': (file) => rm(file).then(() => mkdir(file)),
    'a link': async (file) => {
      const elsewhere = join(temporaryFolder(), 'file');
      await rename(file, elsewhere);
      await symlink(elsewhere, file);
    },
  };
  const files = ['weights.safetensors', 'momenta.safetensors', 'manifest.json'];

  test
    .skipIf(process.platform === 'win32')
    .each(Object.keys(spoiled).flatMap((how) => files.map((file) => [file, how] as const)))(
    'passes over a checkpoint whose %s is %s',
    async (file, how) => {
      await spoiled[how]!(join(checkpoint('epoch-0001'), file));
      await resume(folder);
      expect((await warningsOf())[0]).toMatch(/epoch-0001.*It is passed over\.$/);
      await expectSameEnd();
    },
  );

  test('passes over a checkpoint of another network', async () => {
    const other = temporaryFolder();
    const at = { epoch: 1, step: null, pruned: true, validation: null, best: false, importance: null };
    await new Checkpoints(other).save({ ...at, state: initialState(narrowCifarNet, 1) });
    await rm(checkpoint('epoch-0001'), { recursive: true });
    await cp(join(other, 'checkpoints', 'epoch-0001'), checkpoint('epoch-0001'), { recursive: true });
    await resume(folder);
    expect((await warningsOf())[0]).toMatch(
      /^The checkpoint epoch-0001 does not fit the network: .* It is passed over\.$/,
    );
    await expectSameEnd();
  });

  test.skipIf(process.platform === 'win32')('follows no link out of its folder', async () => {
    const elsewhere = temporaryFolder();
    await rename(checkpoint('epoch-0001'), join(elsewhere, 'epoch-0001'));
    await symlink(join(elsewhere, 'epoch-0001'), checkpoint('epoch-0001'));
    await resume(folder);
    expect((await warningsOf())[0]).toMatch(/epoch-0001 is not a folder itself but a link.*It is passed over\.$/);
    expect(await readdir(join(elsewhere, 'epoch-0001'))).toHaveLength(3);
    await expectSameEnd();
  });
});

describe('a run that has finished', () => {
  test('is not trained on while its checkpoints are whole', async () => {
    await expect(ready(folder)).rejects.toThrow('is finished; there is nothing left to train');
    expect((await readHistory(folder)).status).toBe('finished');
  });

  test('goes on from its newest whole checkpoint where others are damaged, and says so', async () => {
    await writeFile(join(checkpoint('epoch-0002'), 'weights.safetensors'), '');
    const sentence = `${whole.manifest.id} had finished, but its checkpoint epoch-0002 is damaged: it goes on from epoch-0001, the newest that is whole.`;
    expect(await ready(folder)).toEqual([sentence]);
    await train(folder);
    expect(await warningsOf()).toEqual([sentence, expect.stringMatching(/epoch-0002.*passed over/)]);
    await expectSameEnd();
    await expect(ready(folder)).rejects.toThrow('is finished');
  });

  test('is trained again from the beginning where all it has was emptied, as by a power loss', async () => {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of names)
      if (entry.isFile() && entry.name !== 'run.json') await truncate(join(entry.parentPath, entry.name), 0);
    // An emptied lock file counts as one that is being written, until it has been silent for long.
    await rm(join(folder, fileNames.lock), { recursive: true });
    expect((await ready(folder))[0]).toMatch(/it is trained again from the beginning, as none is whole\.$/);
    await train(folder);
    await expectSameEnd();
    expect((await readHistory(folder)).prunings.map(({ record }) => record?.epoch)).toEqual([-1, 0, 1, 2]);
  });

  test('makes do with what is whole where only the best is damaged, and deletes that', async () => {
    await cp(checkpoint('epoch-0001'), checkpoint('epoch-0000'), { recursive: true });
    expect((await ready(folder))[0]).toContain('it goes on from epoch-0002');
    await train(folder);
    await expect(readdir(checkpoint('epoch-0000'))).rejects.toThrow('ENOENT');
    await expect(ready(folder)).rejects.toThrow('is finished');
  });
});
