import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { FollowedManifest, readManifest } from '../../../../src/runs/folder/manifest';
import { fileNames } from '../../../../src/runs/model/format';
import { newRunFolder } from '../../../fixtures/runFolder';

describe('what is not a manifest is refused in a sentence', () => {
  const refusal = async (text: string | null) => {
    const folder = await newRunFolder();
    const file = join(folder, fileNames.run);
    if (text === null) await rm(file);
    else await writeFile(file, text);
    const error: unknown = await readManifest(folder).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message.replaceAll(folder, 'RUN');
  };

  test('a folder that is not a run', async () => {
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

describe('a manifest that is looked at again and again', () => {
  const folderOfAge = async () => {
    const folder = await newRunFolder();
    const file = join(folder, fileNames.run);
    const age = (text: string, seconds: number) =>
      writeFile(file, text).then(() => utimes(file, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds));
    return { followed: new FollowedManifest(folder), text: await readFile(file, 'utf8'), age };
  };

  test('is the same object where it is the same, young or old', async () => {
    const { followed, text, age } = await folderOfAge();
    const first = await followed.read();
    expect(await followed.read()).toBe(first);
    await age(text, 100);
    expect(await followed.read()).toBe(first);
    expect(await followed.read()).toBe(first);
  });

  test('is read again when it has changed, also within a tick of the clock and to the same length', async () => {
    const { followed, text, age } = await folderOfAge();
    await age(text, 0);
    expect((await followed.read()).name).toBe('test');
    await age(text.replace('"name": "test"', '"name": "best"'), 0);
    expect((await followed.read()).name).toBe('best');
    await age(text, 100);
    expect((await followed.read()).name).toBe('test');
  });
});
