import { Breather } from '../../base/breather';
import { parseJson } from '../../base/parseJson';
import { runEventSchema, type RunEvent } from '../model/format';
import { readPart } from './readPart';

/** So much of the file is read at once, and no line is longer: that of a pruning of ten thousand layers is not. */
const mostBytes = 2 ** 20;
const lineEnd = 0x0a;

/**
 * `events.jsonl` of a run, read on from where the last read ended, in parts that need little memory. The last line is left for
 * the next time where it is not whole yet; lines that are no event are skipped.
 */
export class FollowedEvents {
  #offset = 0;
  #wholeLines = 0;
  /** The offset lies within a line that is too long to be read. */
  #isInLongLine = false;
  #hasWarned = false;
  #hasMore = false;

  constructor(private readonly path: string) {}

  /** Whether the last read left something to be read at once. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Bytes of the whole lines so far; what follows is half a line. */
  get wholeLines(): number {
    return this.#wholeLines;
  }

  /**
   * The next events. Of `progress` events only the newest of a read is among them, as each takes the place of those before it.
   * Throws a UserError when the file is not a regular one, or cannot be read.
   */
  async read(): Promise<RunEvent[]> {
    const { bytes, isMoreBehind } = await readPart(this.path, this.#offset, mostBytes);
    this.#hasMore = isMoreBehind;
    const end = bytes.lastIndexOf(lineEnd) + 1;
    if (end === 0) return this.#withinLine(bytes.length);
    const begin = this.#isInLongLine ? bytes.indexOf(lineEnd) + 1 : 0;
    this.#isInLongLine = false;
    this.#offset += end;
    this.#wholeLines = this.#offset;
    return eventsOf(bytes.toString('utf8', begin, end).split('\n'));
  }

  /** A part without an end of a line: the beginning of one that is not whole yet, or a piece of one that is too long. */
  #withinLine(length: number): RunEvent[] {
    if (!this.#isInLongLine && length < mostBytes) return [];
    this.#offset += length;
    this.#isInLongLine = true;
    if (this.#hasWarned) return [];
    this.#hasWarned = true;
    const message = `${this.path} has a line that is longer than any event; it is left out.`;
    return [{ type: 'warning', time: new Date().toISOString(), message }];
  }
}

async function eventsOf(lines: readonly string[]): Promise<RunEvent[]> {
  const breather = new Breather();
  const newestProgress = lines.findLastIndex(isProgress);
  const events: RunEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < newestProgress && isProgress(line)) continue;
    const event = runEventSchema.safeParse(parseJson(line));
    if (event.success) events.push(event.data);
    await breather.breathe();
  }
  return events;
}

/** Most lines are; telling so without parsing them is what makes a long run quick to read. */
function isProgress(line: string): boolean {
  return /^\{(?:"time":"[^"]*",)?"type":"progress"/.test(line);
}
