import { mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { initialState } from '../../src/network/initialState';
import { Checkpoints, readCheckpoint, type CheckpointContent } from '../../src/runs/checkpoints/checkpoints';
import { keptCheckpoints } from '../../src/runs/checkpoints/keptCheckpoints';
import { readCertificate, writeCompactFolder } from '../../src/runs/folder/compactFolder';
import { readCompactNetwork } from '../../src/runs/folder/compactNetwork';
import { readManifest } from '../../src/runs/folder/manifest';
import { readNetworkFile } from '../../src/runs/folder/networkFile';
import { readSensitivity, writeSensitivity } from '../../src/runs/folder/sensitivityFile';
import { lifelikeTensors, narrowCifarNet } from '../fixtures/compactNetwork';
import { plausibleRun } from '../fixtures/plausibleRun';
import { plausibleSensitivity } from '../fixtures/plausibleSensitivity';
import { newRunFolder } from '../fixtures/runFolder';
import { temporaryFolder } from '../fixtures/temporaryFolder';

/** A run folder may come from anybody: nothing in it leads us elsewhere. */

const { certificate } = plausibleRun({ epochs: 3, certificate: {} }).history;
const compacted = {
  graph: narrowCifarNet,
  tensors: lifelikeTensors(narrowCifarNet),
  onnx: Uint8Array.of(1),
  certificate: certificate!,
};
const state = initialState(narrowCifarNet, 1);

function content(epoch: number): CheckpointContent {
  return { epoch, step: null, pruned: true, validation: null, best: false, importance: null, state };
}

/** Puts what is at a path elsewhere, and a link in its place. */
async function moveAway(path: string): Promise<string> {
  const elsewhere = join(temporaryFolder(), 'elsewhere');
  await rename(path, elsewhere);
  await symlink(elsewhere, path);
  return elsewhere;
}

describe.skipIf(process.platform === 'win32')('no link is followed', () => {
  test('that stands for the folder of checkpoints, to read, write or delete', async () => {
    const run = await newRunFolder();
    const checkpoints = new Checkpoints(run);
    for (const epoch of [0, 1]) await checkpoints.save(content(epoch));
    const elsewhere = await moveAway(join(run, 'checkpoints'));
    const { config } = await readManifest(run);
    await expect(keptCheckpoints(run, config)).rejects.toThrow(/checkpoints is not a folder itself but a link/);
    await expect(checkpoints.save(content(2))).rejects.toThrow(/is not a folder itself but a link/);
    await expect(checkpoints.saveInitial(state)).rejects.toThrow(/is not a folder itself but a link/);
    await expect(checkpoints.removeUnusable()).rejects.toThrow(/is not a folder itself but a link/);
    expect((await readdir(elsewhere)).sort()).toEqual(['epoch-0000', 'epoch-0001']);
  });

  test('that stands for a checkpoint: it is deleted itself', async () => {
    const run = await newRunFolder();
    const checkpoints = new Checkpoints(run);
    await checkpoints.save(content(0));
    const elsewhere = await moveAway(join(run, 'checkpoints', 'epoch-0000'));
    await expect(readCheckpoint(join(run, 'checkpoints', 'epoch-0000'))).rejects.toThrow(/not a folder itself/);
    for (const epoch of [1, 2]) await checkpoints.save(content(epoch));
    expect((await readdir(join(run, 'checkpoints'))).sort()).toEqual(['epoch-0001', 'epoch-0002']);
    expect(await readdir(elsewhere)).toHaveLength(3);
  });

  test('that stands for compact/: it is not read, and replaced itself', async () => {
    const run = await newRunFolder();
    await writeCompactFolder(run, compacted);
    const elsewhere = await moveAway(join(run, 'compact'));
    await expect(readCompactNetwork(run)).rejects.toThrow(/compact is not a folder itself but a link/);
    await expect(readCertificate(run)).rejects.toThrow(/compact is not a folder itself but a link/);
    await writeCompactFolder(run, compacted);
    expect((await readCompactNetwork(run)).graph).toEqual(narrowCifarNet);
    expect(await readdir(elsewhere)).toHaveLength(4);
  });

  test.each(['weights.safetensors', 'network.json', 'certificate.json'])('that stands for compact/%s', async (name) => {
    const run = await newRunFolder();
    await writeCompactFolder(run, compacted);
    await moveAway(join(run, 'compact', name));
    const read = name === 'certificate.json' ? readCertificate(run) : readCompactNetwork(run);
    await expect(read).rejects.toThrow(/is not a file but a link/);
  });

  test('that stands for network.json', async () => {
    const file = join(await newRunFolder(), 'network.json');
    await writeFile(file, JSON.stringify(narrowCifarNet));
    await moveAway(file);
    await expect(readNetworkFile(file, 'train it again')).rejects.toThrow(/is not a file but a link/);
  });

  test('that stands for sensitivity.json, to read or write', async () => {
    const file = join(await newRunFolder(), 'sensitivity.json');
    await writeSensitivity(file, plausibleSensitivity());
    const elsewhere = await moveAway(file);
    const before = await readFile(elsewhere, 'utf8');
    await expect(readSensitivity(file)).rejects.toThrow(/is not a file but a link/);
    await expect(writeSensitivity(file, plausibleSensitivity())).rejects.toThrow(/is not a file but a link/);
    expect(await readFile(elsewhere, 'utf8')).toBe(before);
  });
});

describe('no memory is taken', () => {
  async function saved(): Promise<string> {
    const run = await newRunFolder();
    return join(run, await new Checkpoints(run).save(content(0)));
  }

  test('for weights that are longer than the manifest says', async () => {
    const folder = await saved();
    await truncate(join(folder, 'weights.safetensors'), 2 ** 36);
    await expect(readCheckpoint(folder)).rejects.toThrow(
      /weights\.safetensors is damaged: it has \d+ bytes, not \d+\.$/,
    );
  });

  test('for weights that no network here has, even where the manifest says so', async () => {
    const folder = await saved();
    const file = join(folder, 'manifest.json');
    await truncate(join(folder, 'weights.safetensors'), 2 ** 36);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"bytes": \d+/, `"bytes": ${2 ** 36}`));
    await expect(readCheckpoint(folder)).rejects.toThrow(/is larger than such a file can be; delete the checkpoint\.$/);
  });

  test('for a manifest that is longer than any', async () => {
    const folder = await saved();
    await truncate(join(folder, 'manifest.json'), 2 ** 36);
    await expect(readCheckpoint(folder)).rejects.toThrow(/manifest\.json is larger than such a file can be/);
  });

  test('for a thing that is no file at all', async () => {
    const file = join(temporaryFolder(), 'network.json');
    await mkdir(file);
    await expect(readNetworkFile(file, 'train it again')).rejects.toThrow(/is not a file but a link, a folder/);
  });
});
