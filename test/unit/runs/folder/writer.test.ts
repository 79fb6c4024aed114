import { appendFile, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import type * as fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readHistory } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { fileNames, type RunEvent } from '../../../../src/runs/model/format';
import { newRunFolder, prunedEvent, pruningRecord, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const disk = vi.hoisted(() => ({ isFull: false }));
/** On a full disk half of what is appended still finds room. */
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fsPromises>();
  const open: typeof fsPromises.open = async (...args) => {
    const file = await real.open(...args);
    const append = file.appendFile.bind(file);
    file.appendFile = async (content) => {
      if (!disk.isFull || typeof content !== 'string') return append(content);
      await append(content.slice(0, content.length / 2));
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    return file;
  };
  return { ...real, open };
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
    expect(history.recordsAhead).toEqual([0, 1].map((number) => ({ number, record: pruningRecord(number) })));
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

  test('sets a layers.bin with a damaged beginning aside, under a name that is free, and says so once', async () => {
    const folder = await newRunFolder();
    const spoilt = 'not the beginning of a record of layers';
    for (const number of [1, 2]) {
      await writeFile(join(folder, fileNames.layers), spoilt);
      await (await RunWriter.open(folder)).close();
      expect(await readFile(join(folder, `layers.bin.damaged-${number}`), 'utf8')).toBe(spoilt);
    }
    await (await RunWriter.open(folder)).close();
    expect((await readHistory(folder)).warnings).toEqual(
      [1, 2].map((number) => expect.stringContaining(`it is kept as layers.bin.damaged-${number}`) as unknown),
    );
  });

  test('numbers records after the highest that an event names, and says once what is lost', async () => {
    const folder = await newRunFolder();
    const first = await RunWriter.open(folder);
    for (const epoch of [-1, 0, 1]) await first.event(prunedEvent(epoch, await first.layers(pruningRecord(epoch))));
    await first.close();
    await rm(join(folder, fileNames.layers));
    for (const number of [3, 4, 5]) {
      const writer = await RunWriter.open(folder);
      expect(await writer.layers(pruningRecord(number))).toBe(number);
      await writer.event(prunedEvent(number, number));
      await writer.close();
    }
    const { prunings, warnings } = await readHistory(folder);
    expect(prunings.map(({ event, record }) => [event.record, record?.epoch])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
    expect(warnings).toEqual([
      'layers.bin has lost what it recorded of the prunings before the first epoch, after epoch 1 and after epoch 2: ' +
        'scores and masks of them can’t be shown.',
    ]);
  });

  test('makes no file of any size where an event names a record that there cannot be', async () => {
    const folder = await newRunFolder();
    await writeFile(join(folder, fileNames.events), `${JSON.stringify(prunedEvent(0, 2 ** 40))}\n`);
    const writer = await RunWriter.open(folder);
    expect(await writer.layers(pruningRecord(0))).toBe(0);
    await writer.close();
  });

  test('writes a run.json again that has gone, and says so', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    const before = await readFile(join(writer.folder, fileNames.run), 'utf8');
    await rm(join(writer.folder, fileNames.run));
    await writer.keep();
    expect(await readFile(join(writer.folder, fileNames.run), 'utf8')).toBe(before);
    await writer.keep();
    await writer.close();
    expect((await readHistory(writer.folder)).warnings).toEqual([
      'run.json had gone while the run was trained; it is written again.',
    ]);
  });

  test('does not bring a deleted run back', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    await rm(writer.folder, { recursive: true });
    await expect(writer.keep()).rejects.toThrow(/is not there; it may have been moved or deleted/);
    await expect(readdir(writer.folder)).rejects.toThrow('ENOENT');
  });

  test('tells a full disk, the folder and what to do, and leaves nothing half-written', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    await writer.event(warning('before'));
    disk.isFull = true;
    await expect(writer.event(warning('too much'))).rejects.toThrow(
      `The disk that holds ${writer.folder} is full; free some space and start again.`,
    );
    disk.isFull = false;
    await writer.event(warning('after'));
    await writer.close();
    expect((await readHistory(writer.folder)).warnings).toEqual(['before', 'after']);
  });
});

describe.skipIf(process.platform === 'win32')('a writer follows no link out of the run folder:', () => {
  async function linked(name: string): Promise<{ folder: string; target: string }> {
    const folder = await newRunFolder();
    const target = join(temporaryFolder(), 'mine');
    await writeFile(target, '{"type":"warn');
    await rm(join(folder, name), { force: true });
    await symlink(target, join(folder, name));
    return { folder, target };
  }

  test.each([fileNames.events, fileNames.layers])('%s', async (name) => {
    const { folder, target } = await linked(name);
    await expect(RunWriter.open(folder)).rejects.toThrow(/is not a file but a link/);
    expect(await readFile(target, 'utf8')).toBe('{"type":"warn');
  });

  test('trainer.log', async () => {
    const { folder, target } = await linked(fileNames.log);
    const writer = await RunWriter.open(folder);
    await expect(writer.log('a line')).rejects.toThrow(/trainer\.log is not a file but a link/);
    expect(await readFile(target, 'utf8')).toBe('{"type":"warn');
  });

  test('run.json, when it has become one', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    const target = join(temporaryFolder(), 'mine');
    await rename(join(writer.folder, fileNames.run), target);
    await symlink(target, join(writer.folder, fileNames.run));
    const before = await readFile(target, 'utf8');
    await expect(writer.update({ status: 'failed' })).rejects.toThrow(/run\.json is not a file but a link/);
    expect(await readFile(target, 'utf8')).toBe(before);
  });
});
