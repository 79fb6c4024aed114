import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { createDurably, syncParent } from './durable';
import { errorCode } from './fileProblem';
import { refuseUnlessRegular } from './regularFile';

/**
 * Replaces a file, or makes it, in one go: a reader sees the old one or the new one, and so does who looks after a power loss.
 * Returns when the new one is on the disk. Throws a UserError when something else than a file is there: a link is not followed.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await refuseUnlessRegular(path);
  const unfinished = `${path}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await createDurably(unfinished, text);
    await renamed(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncParent(path);
}

/** Windows refuses it in the moments in which a reader or a virus scanner has the file open, so it is tried for a while. */
async function renamed(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (!held || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
