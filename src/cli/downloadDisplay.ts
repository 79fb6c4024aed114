import { Presets, SingleBar } from 'cli-progress';
import { colours, isTerminal, print, terminalText } from './terminal';

/** How far a download is; a new phase or source begins a new line. */
interface Step {
  readonly phase: string;
  readonly source: string;
  readonly bytes: number;
  /** 0 where the size is not known. */
  readonly total: number;
  readonly note?: string;
}

/** Shows the progress of a download: a bar for each phase on a terminal, else a line for each phase. */
export class DownloadDisplay {
  #phase = '';
  #bar: SingleBar | null = null;

  constructor(private readonly title: string) {}

  show({ phase, source, bytes, total, note }: Step): void {
    if (note !== undefined) this.#line(note);
    if (phase === '') return;
    if (`${phase} ${source}` !== this.#phase) this.#begin(phase, source, total);
    this.#bar?.setTotal(total);
    this.#bar?.update(bytes, { done: megabytes(bytes), whole: megabytes(total) });
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #begin(phase: string, source: string, total: number): void {
    this.end();
    this.#phase = `${phase} ${source}`;
    const what = terminalText(`${this.title}: ${phase} (${source})`);
    if (!isTerminal() || total === 0) {
      print(what);
      return;
    }
    const format = `${what} ${colours().cyan('{bar}')} {percentage} %  {done} / {whole} MB`;
    this.#bar = new SingleBar(
      { format, stream: process.stdout, hideCursor: true, barsize: 30 },
      Presets.shades_classic,
    );
    this.#bar.start(total, 0, { done: megabytes(0), whole: megabytes(total) });
  }

  #line(text: string): void {
    this.end();
    this.#phase = '';
    print(text);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
