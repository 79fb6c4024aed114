import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../base/parseJson';
import { nullIfMissing, readRegular } from '../../base/regularFile';
import { replaceFile } from '../../base/replaceFile';
import { splitTableSchema, type SplitTable } from './split';

const fileSchema = z.object({ formatVersion: z.literal(1), byKey: z.record(z.string(), splitTableSchema) });
const mostKept = 200;
const mostBytes = 16 * 2 ** 20;

/** How fast several runs at once were found to be on this machine, kept beside what `auto` has measured. */
export class SplitTables {
  private constructor(
    private readonly file: string,
    private readonly byKey: Map<string, SplitTable>,
  ) {}

  /** A file that is missing or damaged counts as empty: all in it can be measured again. */
  static async open(enginesFolder: string): Promise<SplitTables> {
    const file = join(enginesFolder, 'runs-at-once.json');
    const bytes = await nullIfMissing(readRegular(file, mostBytes, 'delete it')).catch(() => null);
    const parsed = fileSchema.safeParse(parseJson(bytes?.toString() ?? ''));
    return new SplitTables(file, new Map(Object.entries(parsed.data?.byKey ?? {})));
  }

  /** The newest first. */
  get all(): SplitTable[] {
    return [...this.byKey.values()].sort((a, b) => b.measured.localeCompare(a.measured));
  }

  get(key: string): SplitTable | undefined {
    return this.byKey.get(key);
  }

  /** Keeps it in the file as well; where that cannot be written the next queue measures again. */
  async add(key: string, table: SplitTable): Promise<void> {
    this.byKey.set(key, table);
    const newest = [...this.byKey].sort(([, a], [, b]) => b.measured.localeCompare(a.measured)).slice(0, mostKept);
    const text = JSON.stringify({ formatVersion: 1, byKey: Object.fromEntries(newest) }, null, 2);
    try {
      await mkdir(dirname(this.file), { recursive: true });
      await replaceFile(this.file, text);
    } catch {
      // A cache that cannot be written costs some seconds, no run.
    }
  }
}
