import { expect, test } from 'vitest';
import { isFullDisk, onFile } from '../../../../../src/base/fileProblem';
import { fullDisk } from '../../../../../src/scheduling/queue/process/fullDisk';
import { RunWriter } from '../../../../../src/runs/folder/writer';
import { newRunFolder } from '../../../../fixtures/runFolder';

async function failedWith(error: string): Promise<string> {
  const folder = await newRunFolder();
  const writer = await RunWriter.open(folder);
  await writer.update({ status: 'failed', error });
  await writer.close();
  return folder;
}

test.each(['ENOSPC', 'EDQUOT'])('a run that failed with %s has a full disk', async (code) => {
  const failure = Object.assign(new Error(code), { code });
  const told = await onFile('/runs/one', () => Promise.reject(failure)).catch(String);
  expect(isFullDisk(told)).toBe(true);
  const folder = await failedWith(told);
  expect(await fullDisk(folder)).toBe(
    `The disk that holds ${folder} is full, so the queue has paused itself; free some space and let it go on.`,
  );
});

test('a run that failed otherwise has none', async () => {
  const sentence = 'The loss is not a number any more (epoch 2).';
  expect(isFullDisk(sentence)).toBe(false);
  expect(await fullDisk(await failedWith(sentence))).toBeNull();
});
