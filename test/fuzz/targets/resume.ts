import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RandomStream } from '../../../src/base/random';
import { resolveRun } from '../../../src/experiment/resolve';
import { initialState } from '../../../src/network/initialState';
import { Checkpoints } from '../../../src/runs/checkpoints/checkpoints';
import { newestEpoch } from '../../../src/runs/folder/newestEpoch';
import { readHistory } from '../../../src/runs/folder/reader';
import { shownStatus } from '../../../src/runs/folder/status';
import { readWrittenEvents } from '../../../src/runs/folder/writtenEvents';
import { takeUpLayers } from '../../../src/runs/folder/writtenLayers';
import { thisHolder } from '../../../src/runs/lock/holder';
import { lockState, RunLock } from '../../../src/runs/lock/runLock';
import { fileNames } from '../../../src/runs/model/format';
import { findResumePoint } from '../../../src/training/run/resumePoint';
import { narrowCifarNet } from '../../fixtures/compactNetwork';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { writeRun } from '../../fixtures/writeRun';
import { mutatedJson, pick } from '../mutations';
import { target, type FuzzTarget } from '../target';
import { events, layers } from './runFolder';

/** What a run that goes on reads before it writes: who holds its lock, and what was written so far. */

interface Written {
  readonly events: Uint8Array;
  readonly layers: Uint8Array;
}

interface LockFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Nobody is waited for. */
const pace = { beatMilliseconds: 1_000_000, silenceMilliseconds: 50, makingMilliseconds: 50, watchMilliseconds: 0 };

export const resumeTargets: readonly FuzzTarget[] = [
  target<Written>('written so far', async (folder) => {
    const run = await writeRun(folder, plausibleRun({ epochs: 3, state: 'stopped' }));
    const { manifest } = await readHistory(run);
    // A small network: another one than the recorded layers are of, as in a folder from elsewhere.
    const resolved = { ...resolveRun(manifest.config), graph: narrowCifarNet };
    const content = { epoch: 1, step: null, pruned: false, validation: { loss: 1, accuracy: 0.5 }, best: false };
    await new Checkpoints(run).save({ ...content, state: initialState(narrowCifarNet, 1), importance: null });
    const [eventsFile, layersFile] = [join(run, fileNames.events), join(run, fileNames.layers)];
    const sample = { events: await readFile(eventsFile), layers: await readFile(layersFile) };
    return {
      make: (random) => {
        const which = random.below(3);
        return {
          events: which === 0 ? sample.events : events(sample.events, random),
          layers: which === 1 ? sample.layers : layers(sample.layers, random),
        };
      },
      read: async (input) => {
        await writeFile(eventsFile, input.events);
        await writeFile(layersFile, input.layers);
        await newestEpoch(run);
        await findResumePoint(await readHistory(run), run, resolved);
        await takeUpLayers(layersFile, await readWrittenEvents(eventsFile));
        for (const name of await readdir(run)) if (name.includes('.damaged-')) await rm(join(run, name));
      },
    };
  }),
  target<readonly LockFile[]>('trainer.lock', async (folder) => {
    const run = await writeRun(folder, plausibleRun({ epochs: 2, state: 'training' }));
    const { manifest } = await readHistory(run);
    const lock = join(run, fileNames.lock);
    const me = await thisHolder();
    const samples = [
      me,
      { ...me, started: 'another time' },
      { ...me, pid: 7, space: 'elsewhere' },
      { ...me, released: me.since },
    ];
    return {
      make: (random) =>
        Array.from({ length: random.below(4) }, () => ({
          name: lockName(random),
          content: mutatedJson(pick(random, samples), random),
        })),
      read: async (files) => {
        await rm(lock, { recursive: true, force: true });
        await mkdir(lock);
        for (const { name, content } of files) await writeFile(join(lock, name), content);
        await shownStatus(run, manifest);
        await lockState(run, pace);
        await (await RunLock.take(run, pace)).release();
      },
    };
  }),
];

function lockName(random: RandomStream): string {
  return pick(random, [
    () => String(1 + random.below(9)),
    () => String(random.below(2 ** 30)),
    () => '999999999',
    () => pick(random, ['0', '-1', '1e9', '007', '1.tmp', '.1', 'notes', '\u0001', '1'.repeat(200)]),
  ])();
}
