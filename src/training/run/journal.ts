import { visibleText } from '../../base/visibleText';
import type { PruningRecord, UntimedEvent } from '../../runs/model/format';
import type { RunWriter } from '../../runs/folder/writer';
import type { TrainingJournal } from '../loop/trainingJournal';
import { logLine } from './logLine';

/** Tells the run folder what happens. Progress is written while training goes on, everything else is awaited. */
export class Journal implements TrainingJournal {
  #progress: Promise<void> | null = null;
  #problem: Error | null = null;

  constructor(private readonly writer: RunWriter) {}

  async event(event: UntimedEvent): Promise<void> {
    await this.#progress;
    this.#throwProblem();
    await this.writer.event({ time: new Date().toISOString(), ...event });
    const line = logLine(event);
    if (line !== null) await this.writer.log(visibleText(line));
  }

  /** Left out while an earlier one is still being written; a failure to write is thrown by the next `event`. */
  progress(event: UntimedEvent): void {
    if (this.#progress !== null) return;
    this.#progress = this.writer
      .event({ time: new Date().toISOString(), ...event })
      .catch((problem: unknown) => {
        this.#problem = problem instanceof Error ? problem : new Error(String(problem));
      })
      .finally(() => {
        this.#progress = null;
      });
  }

  #throwProblem(): void {
    const problem = this.#problem;
    this.#problem = null;
    if (problem !== null) throw problem;
  }

  /** Returns the record's number. */
  async record(record: PruningRecord): Promise<number> {
    return this.writer.layers(record);
  }

  async log(text: string): Promise<void> {
    await this.writer.log(text);
  }

  async keep(): Promise<void> {
    await this.#progress;
    await this.writer.keep();
  }
}
