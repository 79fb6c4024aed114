import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHistory } from '../../src/runs/folder/reader';
import { plausibleRun } from '../fixtures/plausibleRun';
import { writePlausibleRun } from '../fixtures/plausibleRunFolder';

test('a plausible run survives its run folder', async () => {
  const runs = await mkdtemp(join(tmpdir(), 'sfp-runs-'));
  const run = plausibleRun({ epochs: 3 });
  const read = await readHistory(await writePlausibleRun(runs, run));
  const { history } = run;
  expect(read.epochs).toEqual(history.epochs);
  expect(read.prunings).toEqual(history.prunings);
  expect(read.status).toBe('finished');
  await rm(runs, { recursive: true });
});
