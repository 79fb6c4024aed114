import { Presets, SingleBar } from 'cli-progress';
import { colours, isTerminal, print } from './terminal';

/** How far something is that takes a minute: a bar on a terminal, else a line at its beginning. */
export class ProgressDisplay {
  #bar: SingleBar | null = null;

  constructor(private readonly what: string) {}

  begin(): void {
    if (!isTerminal()) {
      print(this.what);
      return;
    }
    const format = `${this.what} ${colours().cyan('{bar}')} {percentage} %`;
    this.#bar = new SingleBar(
      { format, stream: process.stdout, hideCursor: true, barsize: 30 },
      Presets.shades_classic,
    );
    this.#bar.start(1, 0);
  }

  /** A fraction from 0 to 1. */
  show(fraction: number): void {
    this.#bar?.update(fraction);
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}
