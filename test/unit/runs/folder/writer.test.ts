import { appendFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHistory } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { fileNames, type RunEvent } from '../../../../src/runs/model/format';
import { newRunFolder, pruningRecord, warning } from '../../../fixtures/runFolder';

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

  test('writes a log in which no text passes for another entry, or does anything', async () => {
    const writer = await RunWriter.open(await newRunFolder());
    await writer.log('Error: \u001b[2Jbroken\n2026-01-01T00:00:00.000Z Finished.');
    await writer.log('next');
    await writer.close();
    const lines = (await readFile(join(writer.folder, fileNames.log), 'utf8')).split('\n');
    expect(lines.map((line) => line.replace(/^\d{4}-\S+/, 'TIME'))).toEqual([
      String.raw`TIME Error: \u001b[2Jbroken`,
      '    2026-01-01T00:00:00.000Z Finished.',
      'TIME next',
      '',
    ]);
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
