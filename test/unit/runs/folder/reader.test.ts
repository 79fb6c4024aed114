import { appendFile, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layersRecordSize } from '../../../../src/runs/folder/layersFile';
import { readHistory, RunReader } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { fileNames, type RunEvent } from '../../../../src/runs/model/format';
import { advance, emptyHistory, type NumberedRecord } from '../../../../src/runs/model/history';
import { newRunFolder, prunedEvent, pruningRecord, warning } from '../../../fixtures/runFolder';

const messages = (events: readonly RunEvent[]) =>
  events.map((event) => (event.type === 'warning' ? event.message : event.type));

const numberAndEpoch = ({ number, record }: NumberedRecord) => [number, record?.epoch] as const;

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
    expect(history.recordsAhead).toEqual([-1, 0].map((epoch, number) => ({ number, record: pruningRecord(epoch) })));
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
          { events: [] as RunEvent[], records: [] as (readonly [number, number | undefined])[] },
        ];
        const read = async () => {
          const delta = await reader.read();
          got.events.push(...delta.events);
          got.records.push(...delta.records.map(numberAndEpoch));
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
        expect(got.records).toEqual(Array.from({ length: written.records }, (_, index) => [index, index]));
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
    const records: (readonly [number, number | undefined])[] = [];
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
      records.push(...delta.records.map(numberAndEpoch));
      expect(records.length).toBeGreaterThanOrEqual(events.length);
      if (!isWriting) break;
    } while (events.length <= count);
    await writing;
    await writer.close();
    expect(messages(events)).toEqual(Array.from({ length: count }, (_, index) => `${index} ${'ö'.repeat(index)}`));
    expect(records).toEqual(Array.from({ length: count }, (_, index) => [index, index]));
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
    expect(delta.records).toEqual([{ number: 1, record: pruningRecord(1) }]);
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

  test('a damaged record in the middle of layers.bin, which keeps its number and its pruning', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    for (const epoch of [-1, 0, 1]) await writer.event(prunedEvent(epoch, await writer.layers(pruningRecord(epoch))));
    await writer.close();
    const path = join(folder, fileNames.layers);
    const recordSize = layersRecordSize([
      { name: 'stem.conv', filters: 3 },
      { name: 'other.conv', filters: 1 },
    ]);
    const bytes = await readFile(path);
    bytes[bytes.length - recordSize - 1]! ^= 1;
    await writeFile(path, bytes);
    const { records } = await (await RunReader.open(folder)).read();
    expect(records.map(numberAndEpoch)).toEqual([
      [0, -1],
      [1, undefined],
      [2, 1],
    ]);
    expect((await readHistory(folder)).prunings).toEqual([
      { event: prunedEvent(-1, 0), record: pruningRecord(-1) },
      { event: prunedEvent(0, 1), record: null },
      { event: prunedEvent(1, 2), record: pruningRecord(1) },
    ]);
  });

  test('a damaged last record that a writer goes on after keeps its number, and has neither scores nor masks', async () => {
    const folder = await newRunFolder();
    const first = await RunWriter.open(folder);
    for (const epoch of [-1, 0]) await first.event(prunedEvent(epoch, await first.layers(pruningRecord(epoch))));
    await first.close();
    const path = join(folder, fileNames.layers);
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    const reader = await RunReader.open(folder);
    const before = await reader.read();
    const second = await RunWriter.open(folder);
    await second.event(prunedEvent(1, await second.layers(pruningRecord(1))));
    await second.close();
    const expected = [
      { event: prunedEvent(-1, 0), record: pruningRecord(-1) },
      { event: prunedEvent(0, 1), record: null },
      { event: prunedEvent(1, 2), record: pruningRecord(1) },
    ];
    expect((await readHistory(folder)).prunings).toEqual(expected);
    const followed = [before, await reader.read()].reduce(advance, emptyHistory(before.manifest, before.status));
    expect(followed.prunings).toEqual(expected);
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
