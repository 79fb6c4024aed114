import { appendFile, open, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLayersHeader, encodeLayersRecord, layersRecordSize } from '../../../../src/runs/folder/layersFile';
import { readHistory, readOutline, RunReader } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { fileNames, type RunEvent } from '../../../../src/runs/model/format';
import { advance, emptyHistory, type NumberedRecord, type RunDelta } from '../../../../src/runs/model/history';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writePlausibleRun } from '../../../fixtures/plausibleRunFolder';
import { newRunFolder, prunedEvent, pruningRecord, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

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

describe('a run folder of any size is read in parts', () => {
  const toTheEnd = async (reader: RunReader, onDelta: (delta: RunDelta) => void) => {
    do onDelta(await reader.read());
    while (reader.hasMore);
  };

  test('of events and records, each once and in order, and no record before the events that led to it', async () => {
    const folder = await newRunFolder();
    const layers = [{ name: 'wide.conv', filters: 20_000 }];
    const wide = (epoch: number) => ({
      epoch,
      layers: [{ name: 'wide.conv', scores: new Float32Array(20_000).fill(epoch), mask: new Uint8Array(20_000) }],
    });
    const count = 12;
    const events = Array.from({ length: count }, (_, epoch) => [
      { ...prunedEvent(epoch, epoch), layers: [{ name: 'wide.conv', filters: 20_000, pruned: 20_000, returned: 0 }] },
      warning(`${epoch} ${'x'.repeat(200_000)}`),
    ]).flat();
    await writeFile(join(folder, fileNames.events), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const records = Array.from({ length: count }, (_, epoch) => encodeLayersRecord(layers, wide(epoch)));
    await writeFile(join(folder, fileNames.layers), Buffer.concat([encodeLayersHeader(layers), ...records]));
    const deltas: RunDelta[] = [];
    await toTheEnd(await RunReader.open(folder), (delta) => {
      deltas.push(delta);
      expect(delta.events.length).toBeLessThan(events.length);
      expect(delta.records.length).toBeLessThan(count);
    });
    expect(deltas.flatMap((delta) => delta.events)).toEqual(events);
    const epochs = Array.from({ length: count }, (_, epoch) => epoch);
    expect(deltas.flatMap((delta) => delta.records).map(numberAndEpoch)).toEqual(epochs.map((epoch) => [epoch, epoch]));
    const [first] = deltas as [RunDelta];
    const history = deltas.reduce(advance, emptyHistory(first.manifest, first.status));
    for (const { prunings } of [history, await readHistory(folder)])
      expect(prunings.map(({ record }) => record?.layers[0]?.scores[0])).toEqual(epochs);
  });

  test('whose end is told with the last part', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    const reader = await RunReader.open(folder);
    await reader.read();
    for (let part = 0; part < 3; part++) await writer.event(warning(`${part}${'x'.repeat(900_000)}`));
    await writer.update({ status: 'failed', error: 'No.' });
    await writer.close();
    const states: string[] = [];
    await toTheEnd(reader, ({ status }) => states.push(status));
    expect(states).toEqual(['created', 'created', 'failed']);
  });

  test('with a line that is longer than any event, which is left out with a warning', async () => {
    const folder = await newRunFolder();
    const long = `{"type":"warning","time":"","message":"${'x'.repeat(5 * 2 ** 20)}"}`;
    const line = (message: string) => `${JSON.stringify(warning(message))}\n`;
    await writeFile(
      join(folder, fileNames.events),
      `${line('before')}${long}\n${line('between')}${long}\n${line('after')}`,
    );
    const told: string[] = [];
    await toTheEnd(await RunReader.open(folder), ({ events }) => told.push(...messages(events)));
    expect(told).toEqual([
      'before',
      expect.stringMatching(/events\.jsonl has a line that is longer/),
      'between',
      'after',
    ]);
  });

  test('with events of names, times and lists that are longer than any, which are skipped as what they are: none', async () => {
    const folder = await newRunFolder();
    const [layer] = prunedEvent(0, 0).layers;
    const epoch = plausibleRun({ epochs: 1 }).history.epochs[0]!;
    const odd = [
      { ...prunedEvent(0, 0), layers: [{ ...layer, name: 'x'.repeat(1000) }] },
      { ...epoch, firstLosses: Array.from({ length: 1000 }, () => 1) },
      { ...epoch, time: '0'.repeat(1000) },
    ];
    await writeFile(join(folder, fileNames.events), odd.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect((await readHistory(folder)).epochs).toEqual([]);
    expect((await readHistory(folder)).prunings).toEqual([]);
  });

  test('with records that are damaged all along, and whole ones after them', async () => {
    const folder = await newRunFolder();
    const layers = [{ name: 'stem.conv', filters: 8 }];
    const record = { epoch: 7, layers: [{ name: 'stem.conv', scores: new Float32Array(8), mask: new Uint8Array(8) }] };
    const damaged = Buffer.alloc(layersRecordSize(layers) * 1000);
    const whole = encodeLayersRecord(layers, record);
    await writeFile(
      join(folder, fileNames.layers),
      Buffer.concat([encodeLayersHeader(layers), damaged, whole, damaged]),
    );
    const records: NumberedRecord[] = [];
    await toTheEnd(await RunReader.open(folder), (delta) => records.push(...delta.records));
    expect(records.map(({ number }) => number)).toEqual(Array.from(records.keys()));
    expect(records[1000]).toEqual({ number: 1000, record });
    expect(records.filter((it) => it.record !== null)).toHaveLength(1);
  });

  test('with a record that claims more filters than there can be, of which it warns', async () => {
    const folder = await newRunFolder();
    const layers = Array.from({ length: 100 }, (_, index) => ({ name: `conv${index}`, filters: 2 ** 20 }));
    await writeFile(join(folder, fileNames.layers), encodeLayersHeader(layers));
    const { warnings } = await readHistory(folder);
    expect(warnings).toEqual([expect.stringMatching(/layers\.bin claims to have more filters than any network/)]);
  });

  test('of which only the newest progress is told', async () => {
    const folder = await newRunFolder();
    const progress = (step: number): RunEvent => ({
      type: 'progress',
      time: '2026-01-01T00:00:00.000Z',
      epoch: 0,
      step,
      loss: 1,
      imagesPerSecond: 1,
      secondsLeft: null,
    });
    const writer = await RunWriter.open(folder);
    for (const event of [progress(1), warning('a'), progress(2), progress(3), warning('b')]) await writer.event(event);
    await writer.close();
    expect((await (await RunReader.open(folder)).read()).events).toEqual([warning('a'), progress(3), warning('b')]);
  });
});

test('a link among the files of a run is not followed, and the refusal is a sentence', async () => {
  const elsewhere = join(temporaryFolder(), 'elsewhere');
  await writeFile(elsewhere, `${JSON.stringify(warning('not of this run'))}\n`);
  const folder = await newRunFolder();
  await symlink(elsewhere, join(folder, fileNames.events));
  await expect(readHistory(folder)).rejects.toThrow(/events\.jsonl is not a file but a link/);
  const other = await newRunFolder();
  await symlink(elsewhere, join(other, fileNames.layers));
  expect((await readHistory(other)).warnings).toEqual([expect.stringMatching(/layers\.bin is not a file but a link/)]);
});

test('the outline of a run is its history with the scores and masks of its newest pruning alone', async () => {
  const run = plausibleRun({ epochs: 5, certificate: {} });
  const folder = await writePlausibleRun(join(temporaryFolder(), 'runs'), run);
  const { prunings, ...rest } = await readHistory(folder);
  const outline = await readOutline(folder);
  expect(outline).toEqual({
    ...rest,
    prunings: prunings.map((pruning, index) =>
      index === prunings.length - 1 ? pruning : { ...pruning, record: null },
    ),
  });
});
