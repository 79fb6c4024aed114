import { mkdirSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFindings } from '../../../src/diagnosis/locks';
import { newRunFolder } from '../../fixtures/runFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('locks', () => {
  it('of the cache are told apart: of a process at work, and left by one that ended', async () => {
    const cache = temporaryFolder();
    const [held, left] = [join(cache, 'datasets', 'cifar10', 'images.bin.lock'), join(cache, 'engines', 'setup.lock')];
    for (const lock of [held, left]) mkdirSync(lock, { recursive: true });
    utimesSync(left, 1, 1);
    const texts = (await lockFindings({ runsFolder: join(cache, 'runs'), cache })).map(({ what }) =>
      what.replaceAll('\\', '/'),
    );
    expect(texts).toEqual([
      'No run is being trained.',
      'A process that ended has left its lock on engines/setup in the cache.',
      'Another process is at work on datasets/cifar10/images.bin in the cache.',
    ]);
  });

  it('are none where there is nothing yet', async () => {
    const none = join(temporaryFolder(), 'none');
    expect(await lockFindings({ runsFolder: none, cache: none })).toMatchObject([
      { verdict: 'good' },
      { verdict: 'good', what: 'Nothing in the cache is locked.' },
    ]);
  });

  it('of runs are those of their trainers', async () => {
    const runsFolder = temporaryFolder();
    const id = basename(await newRunFolder({}, runsFolder));
    const [trained] = await lockFindings({ runsFolder, cache: join(runsFolder, 'none') });
    expect(trained).toEqual({
      verdict: 'good',
      what: `About to be trained, or trained without a lock: ${id}.`,
      remedy: null,
    });
  });
});
