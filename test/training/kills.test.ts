import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { buildProgram } from '../fixtures/builtProgram';
import { killTrainings } from '../fuzz/killedTraining';

let runs: string;
beforeAll(async () => {
  await ensureDataset('cifar10');
  runs = await mkdtemp(join(tmpdir(), 'sfp-lab-kills-'));
});
afterAll(() => rm(runs, { recursive: true, force: true }));

/** `npm run fuzz -- --kills 50` does it at more moments. */
it('trainings that are killed at random moments go on to the bits of the one that nobody killed', async () => {
  const { bareTrainer } = await buildProgram();
  const { kills, broken } = await killTrainings({ runs, trainer: bareTrainer, seed: 8, kills: 4 });
  expect(broken).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(4);
});
