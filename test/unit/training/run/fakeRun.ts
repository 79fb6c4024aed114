import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readyToResume } from '../../../../src/runs/control/resume';
import { createRun } from '../../../../src/runs/folder/create';
import { fileNames, type RunManifest } from '../../../../src/runs/model/format';
import { releaseLocks } from '../../../../src/runs/lock/runLock';
import { trainRun, type TrainOptions } from '../../../../src/training/run/trainRun';
import { config } from './fakeParts';

// Runs that the real code creates, trains and resumes, without engine and images: a test file that uses them puts `fakeParts` in
// the place of the real ones, by `vi.mock`.

export function createFakeRun(runsFolder: string): Promise<string> {
  return createRun(runsFolder, { config, experiment: 'test', configFile: null, versions: {}, git: null });
}

/** Trains a run to its end. */
export async function train(folder: string, options: TrainOptions = {}): Promise<void> {
  expect(await trainRun(folder, options)).toBe('finished');
}

/** Makes a run one whose trainer is gone. */
export async function lose(folder: string): Promise<void> {
  const file = join(folder, fileNames.run);
  const manifest = JSON.parse(await readFile(file, 'utf8')) as RunManifest;
  await writeFile(file, JSON.stringify({ ...manifest, status: 'running', process: null }));
  // Its holder is this process, which lives on.
  await rm(join(folder, fileNames.lock), { recursive: true, force: true });
}

/** Makes a run ready to go on, for a trainer in this process; what it had lost. */
export async function ready(folder: string): Promise<readonly string[]> {
  const { locks, losses } = await readyToResume([folder]);
  await releaseLocks(locks);
  return losses;
}

/** Lets a run go on to its end. */
export async function resume(folder: string, options: TrainOptions = {}): Promise<void> {
  await ready(folder);
  await train(folder, options);
}
