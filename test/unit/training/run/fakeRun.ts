import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readyToResume } from '../../../../src/runs/control/resume';
import { createRun } from '../../../../src/runs/folder/create';
import { fileNames, type RunManifest } from '../../../../src/runs/model/format';
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
}

/** Lets a run go on to its end. */
export async function resume(folder: string, options: TrainOptions = {}): Promise<void> {
  await readyToResume([folder]);
  await train(folder, options);
}
