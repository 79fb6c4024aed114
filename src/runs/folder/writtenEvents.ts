import { errorCode } from '../../base/fileProblem';
import { eachLine } from '../../base/lines';
import { parseJson } from '../../base/parseJson';
import { openRegular } from '../../base/regularFile';
import { runEventSchema, type RunEvent } from '../model/format';

/** The longest events tell of a pruning: 100 bytes a layer. */
const longestLine = 1 << 20;

/** What `events.jsonl` of a run tells that a writer has to know who goes on with it. */
export interface WrittenEvents {
  /** Of its whole lines; after them is at most half a line. */
  readonly byteLength: number;
  /** The prunings that count: those that a later event replaces are left out. In the order of their epochs. */
  readonly prunings: readonly ToldPruning[];
  /** The number that the next record in `layers.bin` may have: it is above all that are named. */
  readonly nextRecord: number;
  /** Messages of all warnings. */
  readonly warnings: ReadonlySet<string>;
}

export interface ToldPruning {
  readonly epoch: number;
  /** Number of its record in `layers.bin`. */
  readonly record: number;
}

/** Reads `events.jsonl`; a missing one tells nothing. Throws a UserError when it is no regular file. */
export async function readWrittenEvents(path: string): Promise<WrittenEvents> {
  const told = new ToldSoFar();
  const byteLength = await readLines(path, (line) => {
    // Progress, of which there is one a second, tells nothing here.
    if (!/"type":"(?:pruned|started|warning)"/.test(line)) return;
    const event = runEventSchema.safeParse(parseJson(line)).data;
    if (event !== undefined) told.add(event);
  });
  const { prunings, nextRecord, warnings } = told;
  return { byteLength, prunings, nextRecord, warnings };
}

class ToldSoFar {
  readonly prunings: ToldPruning[] = [];
  readonly warnings = new Set<string>();
  nextRecord = 0;
  /** So many records there can be: one for each pruning that was told of, and for each start one that was not. */
  #most = 0;

  add(event: RunEvent): void {
    if (event.type === 'warning') this.warnings.add(event.message);
    if (event.type === 'started') this.#most += 1;
    if (event.type === 'pruned') this.#addPruning(event);
  }

  #addPruning({ epoch, record }: ToldPruning): void {
    this.#most += 1;
    while ((this.prunings.at(-1)?.epoch ?? -Infinity) >= epoch) this.prunings.pop();
    // Lines may be damaged, so there is some room; a number of any size would make a file of any size.
    if (record < 0 || record > 2 * this.#most + 1000) return;
    this.prunings.push({ epoch, record });
    this.nextRecord = Math.max(this.nextRecord, record + 1);
  }
}

async function readLines(path: string, onLine: (line: string) => void): Promise<number> {
  try {
    const file = await openRegular(path, 'read');
    return await eachLine(file, longestLine, onLine).finally(() => file.close());
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
