import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { resolveRun } from '../../../../src/experiment/resolve';
import { initialState } from '../../../../src/network/initialState';
import { Checkpoints } from '../../../../src/runs/checkpoints/checkpoints';
import { emptyHistory } from '../../../../src/runs/model/history';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { findResumePoint } from '../../../../src/training/run/resumePoint';
import { newRunFolder } from '../../../fixtures/runFolder';

/** What watches the reading of checkpoints: a mock of vitest would itself hold what it returned. */
const watched = vi.hoisted(() => ({
  before: (): Promise<void> => Promise.resolve(),
  read: [] as WeakRef<object>[],
}));

vi.mock(import('../../../../src/runs/checkpoints/checkpoints'), async (original) => {
  const checkpoints = await original();
  const readCheckpoint = async (folder: string) => {
    await watched.before();
    const checkpoint = await checkpoints.readCheckpoint(folder);
    watched.read.push(new WeakRef(checkpoint.state));
    return checkpoint;
  };
  return { ...checkpoints, readCheckpoint };
});

const count = 6;

/** Frees what nobody holds any more; after a turn of the event loop, as weak references hold for one. */
async function collected(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}

test('of any number of checkpoints one is in memory at a time, and the newest is gone on from', async () => {
  const folder = await newRunFolder();
  const manifest = await readManifest(folder);
  const run = resolveRun(manifest.config);
  const state = initialState(run.graph, 1);
  const saved = { step: null, pruned: true, state, importance: null, best: true };
  const validation = { loss: 1, accuracy: 0.5 };
  // Each by one who knows of no others, which deletes none.
  for (let epoch = 0; epoch < count; epoch++) await new Checkpoints(folder).save({ ...saved, epoch, validation });

  let most = 0;
  watched.before = async () => {
    await collected();
    most = Math.max(most, watched.read.filter((each) => each.deref() !== undefined).length);
  };
  const { point, warnings } = await findResumePoint(emptyHistory(manifest, 'stopped'), folder, run);

  expect(watched.read.length).toBeGreaterThanOrEqual(count);
  expect(most).toBeLessThanOrEqual(1);
  expect(point?.position).toMatchObject({ epoch: count });
  expect(point?.checkpoints.kept).toHaveLength(count);
  expect(point?.state.parameters).toEqual(state.parameters);
  expect(warnings).toEqual([`events.jsonl has lost what happened in ${count} of the ${count} epochs so far.`]);
});
