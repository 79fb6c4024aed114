import picocolors from 'picocolors';
import { visibleLines, visibleText } from '../base/visibleText';

/** True when standard output is a terminal. */
export function isTerminal(): boolean {
  return process.stdout.isTTY && process.env.TERM !== 'dumb';
}

/** Colours on a terminal only, never when NO_COLOR is set (no-color.org); picocolors alone would colour on CI servers too. */
export function colours(stream: Stream = process.stdout): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(showsColours(stream));
}

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

function showsColours({ isTTY }: Stream): boolean {
  return isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** What `colours` puts around a text: no other control sequence ever reaches a terminal. */
const ownSequences: ReadonlySet<string> = new Set(
  (['bold', 'dim', 'red', 'green', 'yellow', 'cyan', 'reset'] as const).flatMap((style) =>
    picocolors.createColors(true)[style]('|').split('|'),
  ),
);
const sequence = /(\P{L}\[\d+m)/u;

/**
 * A text as a terminal may have it. It quotes files that anybody may have written: all control characters in it can be seen and
 * do nothing, but for our own colours and line breaks.
 */
export function terminalText(text: string, stream: Stream = process.stdout): string {
  if (!showsColours(stream)) return visibleLines(text);
  return text
    .split(sequence)
    .map((part) => (ownSequences.has(part) ? part : visibleLines(part)))
    .join('');
}

/** Columns of the terminal; a wide default where there is no terminal. */
export function terminalWidth(): number {
  return isTerminal() ? process.stdout.columns : 120;
}

export function print(text: string): void {
  write(text, process.stdout);
}

/** Writes to standard error: notes and problems, so that what a command prints can go on to other programs. */
export function note(text: string): void {
  write(text, process.stderr);
}

/** The one place where text leaves for a terminal, but for progress bars. */
function write(text: string, stream: Stream): void {
  stream.write(`${terminalText(text, stream)}\n`);
}

/** One line of JSON, in which everything is an escape that could not be seen. */
export function printJson(value: unknown): void {
  process.stdout.write(`${visibleText(JSON.stringify(value))}\n`);
}

let beforeQuietEnd: () => Promise<void> = () => Promise.resolve();

/** What to do when nobody reads the output any more. */
export function onClosedPipe(action: () => Promise<void>): void {
  beforeQuietEnd = action;
}

/** It is not an error when a reader closes the pipe early, as in `sfp list | head -1`. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      void beforeQuietEnd().finally(() => process.exit(0));
    });
  }
}
