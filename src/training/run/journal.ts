import { visibleText } from '../../base/visibleText';
import type { PruningRecord, RunEvent, UntimedEvent } from '../../runs/model/format';
import type { RunWriter } from '../../runs/folder/writer';
import type { TrainingJournal } from '../loop/trainingJournal';
import { logLine } from './logLine';
import type { TensorBoardFile } from './tensorBoardFile';

/** Tells the run folder what happens. Progress is written while training goes on, everything else is awaited. */
export class Journal implements TrainingJournal {
  #progress: Promise<void> | null = null;
  #problem: Error | null = null;

  /** `tensorBoard` is null where the config wants no such file. */
  constructor(
    private readonly writer: RunWriter,
    private readonly tensorBoard: TensorBoardFile | null = null,
  ) {}

  async event(event: UntimedEvent): Promise<void> {
    await this.#progress;
    this.#throwProblem();
    await this.#tell({ time: new Date().toISOString(), ...event });
    const line = logLine(event);
    if (line !== null) await this.writer.log(visibleText(line));
  }

  /** Left out while an earlier one is still being written; a failure to write is thrown by the next `event`. */
  progress(event: UntimedEvent): void {
    if (this.#progress !== null) return;
    this.#progress = this.#tell({ time: new Date().toISOString(), ...event })
      .catch((problem: unknown) => {
        this.#problem = problem instanceof Error ? problem : new Error(String(problem));
      })
      .finally(() => {
        this.#progress = null;
      });
  }

  async #tell(event: RunEvent): Promise<void> {
    await this.writer.event(event);
    await this.tensorBoard?.event(event);
  }

  #throwProblem(): void {
    const problem = this.#problem;
    this.#problem = null;
    if (problem !== null) throw problem;
  }

  /** Returns the record's number. */
  async record(record: PruningRecord): Promise<number> {
    const number = await this.writer.layers(record);
    await this.tensorBoard?.record(record);
    return number;
  }

  async log(text: string): Promise<void> {
    await this.writer.log(text);
  }

  async keep(): Promise<void> {
    await this.#progress;
    await this.writer.keep();
  }
}
