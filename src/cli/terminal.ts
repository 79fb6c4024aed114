import picocolors from 'picocolors';

/** True when standard output is a terminal. */
export function isTerminal(): boolean {
  return process.stdout.isTTY && process.env.TERM !== 'dumb';
}

/** Colours on a terminal only, never when NO_COLOR is set (no-color.org); picocolors alone would colour on CI servers too. */
export function colours(
  stream: { readonly isTTY?: boolean } = process.stdout,
): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');
}

/** Columns of the terminal; a wide default where there is no terminal. */
export function terminalWidth(): number {
  return isTerminal() ? process.stdout.columns : 120;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
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
