import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { randomStream } from '../../src/base/random';
import type { NetworkState } from '../../src/network/state';
import { Checkpoints, readCheckpoint, readCheckpointWeights } from '../../src/runs/checkpoints/checkpoints';
import { keptCheckpoints } from '../../src/runs/checkpoints/keptCheckpoints';
import { lostCheckpoints } from '../../src/runs/checkpoints/lostCheckpoints';
import { readCertificate, writeCompactFolder } from '../../src/runs/folder/compactFolder';
import { readCompactNetwork } from '../../src/runs/folder/compactNetwork';
import { readManifest } from '../../src/runs/folder/manifest';
import { readHistory } from '../../src/runs/folder/reader';
import type { TrainedRun } from '../../src/training/run/trainRun';
import { lifelikeTensors, narrowCifarNet } from '../fixtures/compactNetwork';
import { plausibleRun } from '../fixtures/plausibleRun';
import { afterPowerLoss, disk, type Moment } from '../fixtures/recordedDisk';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { config, epochs } from '../unit/training/run/fakeParts';
import { createFakeRun, lose, resume, train } from '../unit/training/run/fakeRun';

/** A run is created and trained by the real code but for its network; the power goes after each call to the file system. */

vi.mock('node:fs/promises', async (importOriginal) => {
  const { disk } = await import('../fixtures/recordedDisk');
  return disk.wrap(await importOriginal());
});
vi.mock('../../src/training/run/setup', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  setUp: (await import('../unit/training/run/fakeParts')).setUp,
}));
vi.mock('../../src/runs/folder/runNetwork', async () => ({
  runNetwork: (await import('../unit/training/run/fakeParts')).runNetwork,
}));

const everyEpoch = Array.from({ length: epochs }, (_, epoch) => epoch);
const certificate = { ...plausibleRun({ epochs: 3, certificate: {} }).history.certificate!, run: 'test' };
const compacted = {
  graph: narrowCifarNet,
  tensors: lifelikeTensors(narrowCifarNet),
  onnx: Uint8Array.of(1),
  certificate,
};

/** Makes a compact network as well. */
const andCompacts = {
  conclude: async ({ folder }: TrainedRun): Promise<void> => {
    await writeCompactFolder(folder, compacted);
  },
};

let recorded: string;
let moments: readonly Moment[];
let whole: NetworkState;

beforeAll(async () => {
  recorded = mkdtempSync(join(tmpdir(), 'sfp-lab-power-'));
  const save = Reflect.get<Checkpoints, 'save'>(Checkpoints.prototype, 'save');
  const saving = vi.spyOn(Checkpoints.prototype, 'save').mockImplementation(async function (
    this: Checkpoints,
    content,
  ) {
    const folder = await save.call(this, content);
    disk.promise(`epoch ${content.epoch}`);
    return folder;
  });
  disk.record(recorded);
  const folder = await createFakeRun(join(recorded, 'runs'));
  disk.promise('created');
  await train(folder, andCompacts);
  disk.promise('finished');
  moments = disk.stop();
  saving.mockRestore();
  whole = await finalState(folder);
});
afterAll(() => {
  rmSync(recorded, { recursive: true, force: true });
});

async function finalState(folder: string): Promise<NetworkState> {
  return (await readCheckpoint(join(folder, 'checkpoints', `epoch-000${epochs - 1}`))).state;
}

/** The run that a disk holds after a power loss, which may tear apart what was not synced; null where there is none yet. */
function runAfter(moment: Moment, seed: number | null): string | null {
  const root = temporaryFolder();
  const random = seed === null ? null : randomStream(seed, 'power loss');
  afterPowerLoss(moment, root, random && (() => random.uniform()));
  const runs = readdirSync(root).includes('runs') ? readdirSync(join(root, 'runs')) : [];
  const [run] = runs.filter((name) => !name.startsWith('.'));
  return run === undefined ? null : join(root, 'runs', run);
}

/** Nothing of a run that says that it has finished is missing. */
async function expectWhole(folder: string): Promise<void> {
  const history = await readHistory(folder);
  expect(history.outcome?.type).toBe('finished');
  expect(history.epochs.map(({ epoch }) => epoch)).toEqual(everyEpoch);
  expect(history.prunings.map(({ event, record }) => [event.epoch, record?.epoch])).toEqual(
    [-1, ...everyEpoch].map((epoch) => [epoch, epoch]),
  );
  expect(await lostCheckpoints(folder, history.manifest, 'contents')).toBeNull();
  expect(await finalState(folder)).toEqual(whole);
  await readCompactNetwork(folder);
  expect(await readCertificate(folder)).toMatchObject({ run: 'test' });
}

/** What had come about when the power went: "epoch 1" is that the checkpoint of epoch 1 was told of. */
async function expectPromises({ promised }: Moment, folder: string | null): Promise<void> {
  if (promised.length === 0 && folder === null) return;
  expect(folder).not.toBeNull();
  const { status } = await readManifest(folder!);
  if (promised.includes('finished')) expect(status).toBe('finished');
  if (status === 'finished') await expectWhole(folder!);
  const kept = await keptCheckpoints(folder!, config);
  for (const { name, folder: at } of kept) await (name === 'initial' ? readCheckpointWeights(at) : readCheckpoint(at));
  const newest = kept.findLast(({ manifest }) => manifest !== null)?.manifest?.epoch ?? -1;
  const told = promised.filter((what) => what.startsWith('epoch')).map((what) => Number(what.slice(6)));
  expect(newest).toBeGreaterThanOrEqual(Math.max(-1, ...told));
}

/** Whoever switches the machine on again finds the run lost, and resumes it. */
async function goOn(folder: string): Promise<void> {
  if ((await readManifest(folder)).status === 'finished') return;
  await lose(folder);
  await resume(folder, andCompacts);
}

/** Without what was not synced, and with any part of it. */
const variants = [null, 1, 2] as const;

test('whenever the power goes, what the folder names is whole, and what was promised is there', async () => {
  expect(moments.length).toBeGreaterThan(100);

  for (const moment of moments) for (const seed of variants) await expectPromises(moment, runAfter(moment, seed));
});

test('whenever the power goes, the run can be resumed and comes to the same network with nothing missing', async () => {
  const some = moments.filter((_, index) => index % Math.ceil(moments.length / 25) === 0);
  expect(some.length).toBeGreaterThanOrEqual(20);
  for (const [index, moment] of some.entries()) {
    const folder = runAfter(moment, variants[index % variants.length]!);
    if (folder === null) continue;
    await goOn(folder);
    await expectWhole(folder);
  }
});
