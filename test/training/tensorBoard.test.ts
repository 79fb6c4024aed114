import { fromBinary } from '@bufbuild/protobuf';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { EventSchema, type Event } from '../../src/formats/tensorBoard/event_pb';
import { trainRun } from '../../src/training/run/trainRun';
import { buildProgram, runScript, type BuiltProgram } from '../fixtures/builtProgram';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

let program: BuiltProgram;
let folder: string;
let run: string;

beforeAll(async () => {
  await ensureDataset('cifar10');
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-tensorboard-'));
  run = await createSmallRun(join(folder, '.sfp', 'runs'), {
    data: { limit: 64, validation: 64 },
    training: { ...smallConfig.training, epochs: 1, batchSize: 32 },
    logs: { tensorBoard: true },
  });
  await trainRun(run, { batchWorkerScript: program.batchWorker });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The events of a file, each behind its length and a checksum, and before another one. */
async function eventsIn(file: string): Promise<Event[]> {
  const bytes = await readFile(file);
  const events: Event[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    events.push(fromBinary(EventSchema, bytes.subarray(at + 12, at + 12 + length)));
    at += 12 + length + 4;
  }
  return events;
}

const tagsOf = (events: readonly Event[]): string[] => [
  ...new Set(events.flatMap(({ what }) => (what.case === 'summary' ? what.value.value.map(({ tag }) => tag) : []))),
];

it('a run writes an event file while it is trained, and sfp makes the same of its record', async () => {
  const [name, ...others] = (await readdir(run)).filter((each) => each.startsWith('events.out.tfevents.'));
  expect(others).toEqual([]);
  const own = await eventsIn(join(run, name!));
  expect(own.slice(0, 2).map(({ what }) => what.case)).toEqual(['fileVersion', 'sessionLog']);
  expect(tagsOf(own)).toEqual(
    expect.arrayContaining([
      'accuracy/test',
      'scores/stage1.block1.conv1',
      'masks/stage3.block3.conv2',
      'pruning/FLOPs saved, exact',
    ]),
  );

  const made = await runScript(program.commandLine, ['tensorboard', run, '--out', 'logs'], { cwd: folder });
  expect(made).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('tensorboard --logdir logs') as string,
  });
  const inFolder = join(folder, 'logs', basename(run));
  const copy = await eventsIn(join(inFolder, (await readdir(inFolder))[0]!));
  // How much of the progress is kept depends on when somebody reads.
  const withoutProgress = (tags: readonly string[]) =>
    tags.filter((tag) => !/^loss\/newest|images per second$/.test(tag));
  expect(withoutProgress(tagsOf(copy)).toSorted()).toEqual(withoutProgress(tagsOf(own)).toSorted());

  const again = await runScript(program.commandLine, ['tensorboard', run, '--out', 'logs'], { cwd: folder });
  expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/is there already; --force replaces it/)]);
});
