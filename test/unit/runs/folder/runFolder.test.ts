import { appendFile, mkdir, open, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { fileProblem } from '../../../../src/base/fileProblem';
import { fileNames, type RunEvent } from '../../../../src/runs/model/format';
import { listRuns } from '../../../../src/runs/folder/list';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { readHistory, RunReader } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { newRunFolder, pruningRecord, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const messages = (events: readonly RunEvent[]) =>
  events.map((event) => (event.type === 'warning' ? event.message : event.type));

describe('creating a run', () => {
  test('makes a folder named after time, run and chance, with a manifest in it', async () => {
    const folder = await newRunFolder({ name: 'resnet20-l1' });
    expect(basename(folder)).toMatch(/^\d{8}T\d{6}Z-resnet20-l1-[0-9a-f]{6}$/);
    expect(await readManifest(folder)).toMatchObject({
      id: basename(folder),
      name: 'resnet20-l1',
      experiment: 'test',
      status: 'created',
      process: null,
    });
    expect((await readdir(folder)).toSorted()).toEqual([fileNames.checkpoints, fileNames.run]);
  });

  test('leaves nothing else behind', async () => {
    const folder = await newRunFolder();
    expect(await readdir(join(folder, '..'))).toEqual([basename(folder)]);
  });

  test('where a file is in the way is refused in a sentence', async () => {
    const file = join(temporaryFolder(), 'runs');
    await writeFile(file, '');
    await expect(newRunFolder({}, file)).rejects.toThrow(`A file is in the way of the folder ${file}`);
  });
});

describe('what is written is read', () => {
  test('as one history', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    await writer.update({ status: 'finished' });
    expect(await writer.layers(pruningRecord(-1))).toBe(0);
    await writer.event(warning('first'));
    expect(await writer.layers(pruningRecord(0))).toBe(1);
    await writer.event(warning('second'));
    await writer.log('hello');
    await writer.close();

    const history = await readHistory(folder);
    expect(history).toMatchObject({ status: 'finished', warnings: ['first', 'second'] });
    expect(history.records).toEqual([pruningRecord(-1), pruningRecord(0)]);
    expect(await readFile(join(folder, fileNames.log), 'utf8')).toMatch(/^\d{4}-.*Z hello\n$/);
  });

  test('in increments, whatever is written between the reads', async () => {
    const steps = fc.array(fc.constantFrom('event', 'record', 'read', 'reopen'), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const folder = await newRunFolder();
        let writer = await RunWriter.open(folder);
        const reader = await RunReader.open(folder);
        const [written, got] = [
          { events: 0, records: 0 },
          { events: [] as RunEvent[], records: [] as number[] },
        ];
        const read = async () => {
          const delta = await reader.read();
          got.events.push(...delta.events);
          got.records.push(...delta.records.map(({ epoch }) => epoch));
        };
        for (const step of script) {
          if (step === 'event') await writer.event(warning(`${written.events++}`));
          else if (step === 'record')
            expect(await writer.layers(pruningRecord(written.records))).toBe(written.records++);
          else if (step === 'read') await read();
          else {
            await writer.close();
            writer = await RunWriter.open(folder);
          }
        }
        await read();
        await writer.close();
        expect(messages(got.events)).toEqual(Array.from({ length: written.events }, (_, index) => `${index}`));
        expect(got.records).toEqual(Array.from({ length: written.records }, (_, index) => index));
        await rm(join(folder, '..'), { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  test('while it is being written', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    const reader = await RunReader.open(folder);
    const events: RunEvent[] = [];
    const records: number[] = [];
    const count = 200;
    const state = { isWriting: true };
    const writing = (async () => {
      for (let index = 0; index < count; index++) {
        void writer.layers(pruningRecord(index));
        await writer.event(warning(`${index} ${'ö'.repeat(index)}`));
        if (index % 20 === 0) await writer.update({ name: `test${index}` });
      }
      state.isWriting = false;
    })();
    do {
      // The last look comes after the last word.
      const { isWriting } = state;
      const delta = await reader.read();
      events.push(...delta.events);
      records.push(...delta.records.map(({ epoch }) => epoch));
      expect(records.length).toBeGreaterThanOrEqual(events.length);
      if (!isWriting) break;
    } while (events.length <= count);
    await writing;
    await writer.close();
    expect(messages(events)).toEqual(Array.from({ length: count }, (_, index) => `${index} ${'ö'.repeat(index)}`));
    expect(records).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  test('once: what has been read is not looked at again', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    await writer.event(warning('first'));
    await writer.layers(pruningRecord(0));
    const reader = await RunReader.open(folder);
    await reader.read();
    for (const name of [fileNames.events, fileNames.layers]) {
      const file = await open(join(folder, name), 'r+');
      await file.write(new Uint8Array((await file.stat()).size - 1), 0);
      await file.close();
    }
    await writer.event(warning('second'));
    await writer.layers(pruningRecord(1));
    await writer.close();
    const delta = await reader.read();
    expect(messages(delta.events)).toEqual(['second']);
    expect(delta.records).toEqual([pruningRecord(1)]);
  });
});

describe('a reader bears', () => {
  test('events that are cut at any byte, and reads on when they are whole', async () => {
    const folder = await newRunFolder();
    const file = join(folder, fileNames.events);
    const text = Buffer.from(['a', 'bö', 'c'].map((message) => `${JSON.stringify(warning(message))}\n`).join(''));
    for (let cut = 0; cut <= text.length; cut += 7) {
      await writeFile(file, text.subarray(0, cut));
      const reader = await RunReader.open(folder);
      const first = messages((await reader.read()).events);
      const whole = text.subarray(0, cut).filter((byte) => byte === 0x0a).length;
      expect(first).toEqual(['a', 'bö', 'c'].slice(0, whole));
      await appendFile(file, text.subarray(cut));
      expect([...first, ...messages((await reader.read()).events)]).toEqual(['a', 'bö', 'c']);
    }
  });

  test('lines that are no events: of a newer version, or damaged', async () => {
    const folder = await newRunFolder();
    const lines = ['{"type":"dreamt","time":"t"}', 'null', '{', '\u0000\u0000', '', JSON.stringify(warning('good'))];
    await writeFile(join(folder, fileNames.events), `${lines.join('\n')}\n`);
    expect(messages((await (await RunReader.open(folder)).read()).events)).toEqual(['good']);
  });

  test('files that are missing, or become shorter', async () => {
    const folder = await newRunFolder();
    const reader = await RunReader.open(folder);
    expect(await reader.read()).toMatchObject({ events: [], records: [] });
    const file = join(folder, fileNames.events);
    await writeFile(file, `${JSON.stringify(warning('a'))}\n${JSON.stringify(warning('b'))}\n`);
    expect(messages((await reader.read()).events)).toEqual(['a', 'b']);
    await truncate(file, 10);
    expect((await reader.read()).events).toEqual([]);
  });

  test('layers.bin with a damaged beginning: it warns once and shows the rest', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    await writer.layers(pruningRecord(0));
    await writer.event(warning('good'));
    await writer.close();
    const file = await open(join(folder, fileNames.layers), 'r+');
    await file.write(Uint8Array.of(0), 0, 1, 20);
    await file.close();
    const reader = await RunReader.open(folder);
    const delta = await reader.read();
    expect(delta.records).toEqual([]);
    expect(messages(delta.events)).toEqual([
      'good',
      expect.stringMatching(/^The beginning of .*layers.bin is damaged/),
    ]);
    expect((await reader.read()).events).toEqual([]);
  });
});

describe('a reader refuses in a sentence', () => {
  const refusal = async (text: string | null) => {
    const folder = await newRunFolder();
    const file = join(folder, fileNames.run);
    if (text === null) await rm(file);
    else await writeFile(file, text);
    const error: unknown = await RunReader.open(folder).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message.replaceAll(folder, 'RUN');
  };

  test('a folder that is no run', async () => {
    expect(await refusal(null)).toBe('RUN is not a run folder: it has no run.json.');
  });

  test('a damaged manifest', async () => {
    expect(await refusal('{"formatVersion":1,')).toBe(`${join('RUN', 'run.json')} is damaged; the run can’t be shown.`);
    expect(await refusal('{"formatVersion":1}')).toBe(`${join('RUN', 'run.json')} is damaged; the run can’t be shown.`);
  });

  test('another version', async () => {
    expect(await refusal('{"formatVersion":99}')).toBe(
      `${join('RUN', 'run.json')} has format version 99; this version of SFP Lab reads version 1.`,
    );
  });
});

describe('a writer', () => {
  test('goes on after a half-written line and record', async () => {
    const folder = await newRunFolder();
    const first = await RunWriter.open(folder);
    await first.event(warning('whole'));
    await first.layers(pruningRecord(0));
    await first.close();
    await appendFile(join(folder, fileNames.events), '{"type":"warn');
    await appendFile(join(folder, fileNames.layers), Uint8Array.of(1, 2, 3));

    const second = await RunWriter.open(folder);
    await second.event(warning('next'));
    expect(await second.layers(pruningRecord(1))).toBe(1);
    await second.close();
    const history = await readHistory(folder);
    expect(history.warnings).toEqual(['whole', 'next']);
    expect(history.records).toEqual([pruningRecord(0), pruningRecord(1)]);
  });

  test('writes in the order of the calls, awaited or not', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    const names = Array.from({ length: 30 }, (_, index) => `${index}`);
    await Promise.all([...names.map((name) => writer.event(warning(name))), writer.close()]);
    expect((await readHistory(folder)).warnings).toEqual(names);
  });

  test('takes no event that is not of the format, and goes on', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    const wrong = { type: 'progress', time: 't', epoch: 0, step: 0, loss: NaN, imagesPerSecond: 1, secondsLeft: null };
    await expect(writer.event(wrong as RunEvent)).rejects.toThrow();
    await expect(writer.update({ status: 'dreaming' as 'failed' })).rejects.toThrow();
    expect(writer.manifest.status).toBe('created');
    await writer.event(warning('good'));
    await writer.close();
    expect((await readHistory(writer.folder)).warnings).toEqual(['good']);
  });

  test('takes no record of other layers than the first one’s', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    await writer.layers(pruningRecord(0));
    await expect(writer.layers({ epoch: 1, layers: pruningRecord(1).layers.slice(1) })).rejects.toThrow('stem.conv');
    await writer.close();
  });

  test('refuses to go on in a damaged layers.bin', async () => {
    const folder = await newRunFolder();
    await writeFile(join(folder, fileNames.layers), 'not the beginning of a record of layers');
    await expect(RunWriter.open(folder)).rejects.toThrow(/layers.bin is not a record of layers/);
  });

  test.runIf(process.platform === 'linux')('tells a full disk, the folder and what to do', async () => {
    const folder = await newRunFolder();
    await symlink('/dev/full', join(folder, fileNames.log));
    const writer = await RunWriter.open(folder);
    await expect(writer.log('too much')).rejects.toThrow(
      `The disk that holds ${folder} is full; free some space and start again.`,
    );
    await writer.event(warning('elsewhere there is room'));
    await writer.close();
  });
});

test.each([
  ['ENOSPC', /^The disk that holds \/r is full; free some space/],
  ['EDQUOT', /is full/],
  ['EACCES', /^SFP Lab may not read or write \/r; change its permissions/],
  ['EROFS', /^\/r is on a disk that can only be read/],
  ['ENOENT', /^\/r is not there/],
])('the file system’s %s is told in a sentence', (code, sentence) => {
  const problem = fileProblem(Object.assign(new Error('raw'), { code }), '/r');
  expect(problem).toBeInstanceOf(UserError);
  expect((problem as UserError).message).toMatch(sentence);
});

test('other errors are not dressed up', () => {
  const error = new TypeError('a mistake of ours');
  expect(fileProblem(error, '/r')).toBe(error);
});

describe('the list of runs', () => {
  test('has the newest first, and damaged ones with what is wrong', async () => {
    const runs = join(temporaryFolder(), 'runs');
    const good = await newRunFolder({ name: 'good' }, runs);
    for (const name of ['20010101T000000Z-old-000000', '.20990101T000000Z-unfinished-000000'])
      await mkdir(join(runs, name));
    await writeFile(join(runs, 'notes.txt'), 'mine');
    const listed = await listRuns(runs);
    expect(listed.map(({ folder, problem }) => [basename(folder), problem])).toEqual([
      [basename(good), null],
      [
        '20010101T000000Z-old-000000',
        `${join(runs, '20010101T000000Z-old-000000')} is not a run folder: it has no run.json.`,
      ],
    ]);
    expect(listed[0]).toMatchObject({ name: 'good', status: 'created', folder: good });
  });

  test('is empty where no run was ever made', async () => {
    expect(await listRuns(join(temporaryFolder(), 'none'))).toEqual([]);
  });
});
