import { dirname } from 'node:path';
import { makeFolder } from '../../base/durable';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { openRegularIfThere } from '../../base/regularFile';
import { replaceFile } from '../../base/replaceFile';
import { sensitivitySchema, type Sensitivity } from '../model/sensitivity';

/** A file that is larger than this is none of ours: a thousand layers at a hundred rates are 10 MB. */
const largestFile = 32 << 20;

/**
 * Reads a `sensitivity.json`; null when there is none, or it is damaged: it can be measured again. Throws a UserError when
 * something else than a file has its name.
 */
export async function readSensitivity(file: string): Promise<Sensitivity | null> {
  const text = await onFile(file, () => readIfThere(file));
  return text === null ? null : (sensitivitySchema.safeParse(parseJson(text)).data ?? null);
}

/** Writes it whole. Throws an Error when it is not of the format. */
export async function writeSensitivity(file: string, sensitivity: Sensitivity): Promise<void> {
  const text = `${JSON.stringify(sensitivitySchema.parse(sensitivity), null, 1)}\n`;
  await onFile(file, async () => {
    await makeFolder(dirname(file));
    await replaceFile(file, text);
  });
}

async function readIfThere(file: string): Promise<string | null> {
  const opened = await openRegularIfThere(file, 'read');
  if (opened === null) return null;
  try {
    return (await opened.stat()).size > largestFile ? null : await opened.readFile('utf8');
  } finally {
    await opened.close();
  }
}
