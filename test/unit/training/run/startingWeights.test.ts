import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { encodeSafetensors } from '../../../../src/formats/safetensors';
import { initialState } from '../../../../src/network/initialState';
import type { NetworkState, TensorMap } from '../../../../src/network/state';
import { Checkpoints } from '../../../../src/runs/checkpoints/checkpoints';
import { startingState } from '../../../../src/training/run/startingWeights';
import { compactResNet } from '../../../fixtures/compactNetwork';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const graph = compactResNet;
const pretrained = initialState(graph, 5);
const stateDict: TensorMap = new Map([...pretrained.parameters, ...pretrained.statistics]);

let project: string;
let runs: string;
let runFolder: string;
beforeEach(async () => {
  project = temporaryFolder();
  runs = join(project, 'runs');
  runFolder = await newRunFolder({ name: 'net' }, runs);
});

const started = (weights: string, configFile: string | null = join(project, 'net.sfp.json')): Promise<NetworkState> =>
  startingState(graph, weights, { runFolder, configFile });

async function refusal(weights: string): Promise<string> {
  const error: unknown = await started(weights).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

/** A run with one checkpoint, that of some weights. */
async function trainedRun(name: string, state: NetworkState): Promise<string> {
  const folder = await newRunFolder({ name }, runs);
  const at = { epoch: 0, step: null, pruned: true, best: true, importance: null };
  await new Checkpoints(folder).save({ ...at, validation: { loss: 1, accuracy: 0.5 }, state });
  return folder;
}

describe('weights of a file', () => {
  async function written(tensors: TensorMap, file = join(project, 'start.safetensors')): Promise<void> {
    await writeFile(file, encodeSafetensors(tensors));
  }

  test('are found beside the config, or by their whole path', async () => {
    await mkdir(join(project, 'weights'));
    const file = join(project, 'weights', 'start.safetensors');
    await written(stateDict, file);
    for (const name of ['weights/start.safetensors', file]) {
      const { parameters, statistics } = await started(name);
      expect(parameters).toEqual(pretrained.parameters);
      expect(statistics).toEqual(pretrained.statistics);
    }
    expect((await started(file, null)).parameters).toEqual(pretrained.parameters);
  });

  test('come without momenta, and what else is in the file is left alone', async () => {
    await written(new Map([...stateDict, ['bn.num_batches_tracked', { shape: [1], data: Float32Array.of(1) }]]));
    const { parameters, momenta } = await started('start.safetensors');
    expect([...parameters.keys()]).not.toContain('bn.num_batches_tracked');
    expect([...momenta.keys()]).toEqual([...parameters.keys()]);
    for (const { data } of momenta.values()) expect(data.every((value) => value === 0)).toBe(true);
  });

  test('that are not there are named', async () => {
    expect(await refusal('nowhere.safetensors')).toContain(join(project, 'nowhere.safetensors'));
  });

  test('of another shape are refused by name and shapes', async () => {
    await written(new Map([...stateDict, ['classifier.weight', { shape: [5, 13], data: new Float32Array(65) }]]));
    expect(await refusal('start.safetensors')).toBe(
      'training.initialWeights: "start.safetensors" does not fit the network: "classifier.weight" has the shape [5, 13], the network\'s has [10, 13].',
    );
  });

  test('with a tensor too few are refused by its name', async () => {
    await written(new Map([...stateDict].filter(([name]) => name !== 'stage2.block1.bn1.running_mean')));
    expect(await refusal('start.safetensors')).toContain('it has no "stage2.block1.bn1.running_mean".');
  });

  test.each([NaN, Infinity])('with %s in them are refused', async (value) => {
    const bias = { shape: [10], data: Float32Array.from({ length: 10 }, (_, index) => (index === 9 ? value : 0)) };
    await written(new Map([...stateDict, ['classifier.bias', bias]]));
    expect(await refusal('start.safetensors')).toContain('"classifier.bias" has values that are not finite numbers.');
  });

  test('that are no safetensors are refused', async () => {
    await writeFile(join(project, 'start.safetensors'), 'weights');
    expect(await refusal('start.safetensors')).toContain('start.safetensors');
  });
});

describe.skipIf(process.platform === 'win32')('what is no file of weights is refused, and not waited for', () => {
  const file = (): string => join(project, 'start.safetensors');

  test('a pipe, a device, a folder, and links to them', async () => {
    execFileSync('mkfifo', [file()]);
    expect(await refusal('start.safetensors')).toContain('is not a file but a link, a folder, a pipe or a device');
    for (const target of ['/dev/zero', project]) {
      await rm(file(), { force: true });
      await symlink(target, file());
      expect(await refusal('start.safetensors')).toContain(`${target} is not a file but`);
    }
  });

  test('a link that leads nowhere', async () => {
    await symlink(file(), file());
    expect(await refusal('start.safetensors')).toContain('leads through links that lead back to themselves');
  });

  test('a file of three gigabytes', async () => {
    await writeFile(file(), '');
    await truncate(file(), 3 * 2 ** 30);
    expect(await refusal('start.safetensors')).toContain('is larger than such a file can be; choose a file of weights');
  });

  test('a link to a file of weights is followed', async () => {
    await writeFile(join(project, 'kept.safetensors'), encodeSafetensors(stateDict));
    await symlink(join(project, 'kept.safetensors'), file());
    expect((await started('start.safetensors')).parameters).toEqual(pretrained.parameters);
  });
});

describe('weights of a run', () => {
  test('are those of its best checkpoint, by its id or its name', async () => {
    const folder = await trainedRun('teacher', pretrained);
    await trainedRun('other', initialState(graph, 6));
    for (const name of ['teacher', basename(folder)])
      expect((await started(name)).parameters).toEqual(pretrained.parameters);
  });

  test('are not its own, even where another run has its name', async () => {
    const other = await trainedRun('net', pretrained);
    expect((await started('net')).parameters).toEqual(pretrained.parameters);
    expect((await started(basename(other))).parameters).toEqual(pretrained.parameters);
  });

  test('that is not there are refused', async () => {
    expect(await refusal('teacher')).toMatch(/^training\.initialWeights is "teacher", but there is no such run beside/);
  });

  test('of which there are two ask for an id', async () => {
    await trainedRun('teacher', pretrained);
    await trainedRun('teacher', pretrained);
    expect(await refusal('teacher')).toMatch(
      /"teacher", which 2 runs are called: give the id of one, as in "\S+-teacher-/,
    );
  });

  test('that has no checkpoint yet are refused', async () => {
    await newRunFolder({ name: 'teacher' }, runs);
    expect(await refusal('teacher')).toMatch(/checkpoint/);
  });
});
