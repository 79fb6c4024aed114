import type { RunEvent } from '../model/format';
import { FollowedEvents } from './followedEvents';

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
  const events = new FollowedEvents(path);
  do {
    for (const event of await events.read()) told.add(event);
  } while (events.hasMore);
  const { prunings, nextRecord, warnings } = told;
  return { byteLength: events.wholeLines, prunings, nextRecord, warnings };
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
