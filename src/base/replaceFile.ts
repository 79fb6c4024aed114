import writeFileAtomic from 'write-file-atomic';
import { errorCode } from './fileProblem';

/**
 * Replaces a file, or makes it, in one go: a reader sees the old one or the new one. Windows refuses that in the moments in which
 * a reader or a virus scanner has the file open, so it is tried for a while.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFileAtomic(path, text);
      return;
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (!held || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
