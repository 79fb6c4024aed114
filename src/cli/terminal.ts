import picocolors from 'picocolors';

/** True when a person looks at standard output. */
export function isTerminal(): boolean {
  return process.stdout.isTTY && process.env.TERM !== 'dumb';
}

/** Colours on a terminal only, never when NO_COLOR is set (no-color.org); picocolors alone would colour on CI servers too. */
export function colours(
  stream: { readonly isTTY?: boolean } = process.stdout,
): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');
}

/** Columns of the terminal; generous where there is none. */
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

/** What is still to be done when nobody reads the output any more. */
export function onClosedPipe(action: () => Promise<void>): void {
  beforeQuietEnd = action;
}

/** A reader that has seen enough (`sfp list | head -1`) is no error. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      void beforeQuietEnd().finally(() => process.exit(0));
    });
  }
}
