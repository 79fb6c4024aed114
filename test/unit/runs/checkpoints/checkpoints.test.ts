import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initialState } from '../../../../src/network/initialState';
import { batchNorm, conv, linear, globalAveragePool, input } from '../../../../src/network/layers';
import {
  Checkpoints,
  readCheckpoint,
  readCheckpointWeights,
  type CheckpointContent,
} from '../../../../src/runs/checkpoints/checkpoints';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const state = initialState(
  {
    name: 'tiny',
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('conv', 'input', 4),
      batchNorm('bn', 'conv'),
      globalAveragePool('pool', 'bn'),
      linear('classifier', 'pool', 10),
    ],
  },
  1,
);

function content(epoch: number, best = false, step: number | null = null): CheckpointContent {
  return { epoch, step, pruned: true, validation: { loss: 1, accuracy: 0.5 }, best, importance: null, state };
}

async function checkpointsIn(): Promise<{ run: string; checkpoints: Checkpoints; names: () => Promise<string[]> }> {
  const run = temporaryFolder();
  await mkdir(join(run, 'checkpoints'));
  return {
    run,
    checkpoints: new Checkpoints(run),
    names: async () => (await readdir(join(run, 'checkpoints'))).sort(),
  };
}

describe('Checkpoints', () => {
  it('of a run that goes on are kept and deleted as if it had never stopped', async () => {
    const { run, checkpoints, names } = await checkpointsIn();
    for (const epoch of [0, 1, 2]) await checkpoints.save(content(epoch, epoch === 0));
    await checkpoints.save(content(3, false, 5));
    expect(await names()).toEqual(['epoch-0000', 'epoch-0002', 'epoch-0003-step-00005']);
    const resumed = new Checkpoints(run, { kept: await names(), best: 'epoch-0000' });
    await resumed.save(content(3));
    expect(await names()).toEqual(['epoch-0000', 'epoch-0003', 'epoch-0003-step-00005']);
    expect((await resumed.readBest()).manifest.epoch).toBe(0);
    await resumed.save(content(4, true));
    expect(await names()).toEqual(['epoch-0003', 'epoch-0004']);
  });

  it('replace one of the same epoch and step', async () => {
    const { checkpoints, names } = await checkpointsIn();
    await checkpoints.save(content(0, false, 3));
    await checkpoints.save(content(0, false, 3));
    await checkpoints.save(content(0));
    expect(await names()).toEqual(['epoch-0000', 'epoch-0000-step-00003']);
  });

  it('keeps the newest two and the best', async () => {
    const { checkpoints, names } = await checkpointsIn();
    const bestEpochs = [0, 2];
    const seen: string[][] = [];
    for (let epoch = 0; epoch < 6; epoch++) {
      await checkpoints.save(content(epoch, bestEpochs.includes(epoch)));
      seen.push((await names()).map((name) => name.replace('epoch-000', '')));
    }
    expect(seen).toEqual([['0'], ['0', '1'], ['1', '2'], ['2', '3'], ['2', '3', '4'], ['2', '4', '5']]);
  });

  it('gives back the state that was saved', async () => {
    const { run, checkpoints } = await checkpointsIn();
    const folder = await checkpoints.save(content(3, true, 12));
    expect(folder).toBe('checkpoints/epoch-0003-step-00012');
    const read = await readCheckpoint(join(run, folder));
    expect(read.manifest).toMatchObject({ epoch: 3, step: 12, pruned: true, validation: { accuracy: 0.5 } });
    expect(read.state).toEqual(state);
    expect(await checkpoints.readBest()).toEqual(read);
  });

  it('keeps how hard was pruned, and the importance that training has added up', async () => {
    const { run, checkpoints } = await checkpointsIn();
    const importance = { steps: 7, rows: new Map([['conv', Float32Array.of(1, 2.5, 0, 4)]]) };
    const folder = await checkpoints.save({ ...content(0), share: 0.25, importance });
    const read = await readCheckpoint(join(run, folder));
    expect(read.manifest).toMatchObject({ share: 0.25, importanceSteps: 7 });
    expect(read.importance).toEqual(importance);
    expect(read.state).toEqual(state);
  });

  it('keeps the initial weights for good, without momenta, and leaves them as they are when a run goes on', async () => {
    const { run, checkpoints, names } = await checkpointsIn();
    await checkpoints.saveInitial(state);
    for (let epoch = 0; epoch < 4; epoch++) await checkpoints.save(content(epoch));
    expect(await names()).toEqual(['epoch-0002', 'epoch-0003', 'initial']);
    const folder = join(run, 'checkpoints', 'initial');
    expect(await readdir(folder)).toEqual(['manifest.json', 'weights.safetensors']);
    const later = new Map(
      [...state.parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 7) }]),
    );
    await new Checkpoints(run).saveInitial({ ...state, parameters: later });
    expect(await readCheckpointWeights(folder)).toEqual(new Map([...state.parameters, ...state.statistics]));
  });

  it('begins anew where a broken-off trainer left a checkpoint half-written', async () => {
    const { run, checkpoints, names } = await checkpointsIn();
    await mkdir(join(run, 'checkpoints', 'epoch-0000.partial'));
    await writeFile(join(run, 'checkpoints', 'epoch-0000.partial', 'old'), '');
    await checkpoints.save(content(0));
    expect(await names()).toEqual(['epoch-0000']);
  });

  it('refuses a file that is not what was written', async () => {
    const { run, checkpoints } = await checkpointsIn();
    const folder = join(run, await checkpoints.save(content(0)));
    await writeFile(join(folder, 'momenta.safetensors'), 'something else');
    await expect(readCheckpoint(folder)).rejects.toThrow(/momenta\.safetensors is damaged/);
  });

  it('does not bring a deleted run folder back', async () => {
    const { run, checkpoints } = await checkpointsIn();
    await rm(run, { recursive: true });
    await expect(checkpoints.save(content(0))).rejects.toThrow(/is not there; it may have been moved or deleted/);
    await expect(readdir(run)).rejects.toThrow('ENOENT');
  });
});
