import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Breather } from '../../../../src/base/breather';
import { UserError } from '../../../../src/base/errors';
import { newestEpoch } from '../../../../src/runs/folder/newestEpoch';
import { fileNames, type RunEvent } from '../../../../src/runs/model/format';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { newRunFolder, warning } from '../../../fixtures/runFolder';

const { history, deltas } = plausibleRun({ epochs: 4, state: 'training', epochsDone: 3 });
const told = deltas.flatMap(({ events }) => events);
const text = (events: readonly RunEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

async function newestOf(content: string) {
  const folder = await newRunFolder();
  await writeFile(join(folder, fileNames.events), content);
  return newestEpoch(folder);
}

test('the newest epoch of a run is the last one of its history', async () => {
  expect(await newestOf(text(told))).toEqual(history.epochs.at(-1));
});

test('it is found however much has been told since, wherever the borders of what is read at once lie', async () => {
  const filler = text([warning('x'.repeat(900))]);
  for (const lines of [60, 71, 72, 73, 74, 75, 1200, 1240, 2400])
    expect(await newestOf(text(told) + filler.repeat(lines))).toEqual(history.epochs.at(-1));
});

test('a line that is damaged or not whole is passed over', async () => {
  const [last] = history.epochs.slice(-1);
  expect(await newestOf(`${text(told)}{"type":"epoch"}\n${JSON.stringify(last).slice(0, 60)}`)).toEqual(last);
  expect(await newestOf('{"type":"epoch"')).toBeNull();
});

test('it is not looked for behind some megabytes, nor behind a thousand lines that only look like it', async () => {
  expect(await newestOf(text(told) + text([warning('x'.repeat(900))]).repeat(5000))).toBeNull();
  const mock = '{"type":"epoch"}\n';
  expect(await newestOf(text(told) + mock.repeat(900))).toEqual(history.epochs.at(-1));
  expect(await newestOf(text(told) + mock.repeat(1100))).toBeNull();
  expect(await newestOf(`${text(told)}{"type":"epoch","x":"${'x'.repeat(2 ** 20)}"}\n`)).toEqual(history.epochs.at(-1));
});

test('other work has its turn after each line that is tried', async () => {
  const breathe = vi.spyOn(Breather.prototype, 'breathe');
  onTestFinished(() => {
    breathe.mockRestore();
  });
  await newestOf(text(told) + '{"type":"epoch"}\n'.repeat(300));
  expect(breathe.mock.calls.length).toBeGreaterThanOrEqual(300);
});

test('there is none where no epoch has ended, or nothing was told', async () => {
  expect(await newestOf(text(told.filter(({ type }) => type !== 'epoch')))).toBeNull();
  expect(await newestEpoch(await newRunFolder())).toBeNull();
});

test('what is no regular file is refused in a sentence', async () => {
  const folder = await newRunFolder();
  const file = join(folder, fileNames.events);
  await mkdir(file);
  await expect(newestEpoch(folder)).rejects.toThrow(UserError);
  await rm(file, { recursive: true });
  await symlink(join(folder, fileNames.run), file);
  await expect(newestEpoch(folder)).rejects.toThrow(/events\.jsonl is not a file but a link/);
});
