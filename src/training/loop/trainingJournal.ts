import type { PruningRecord, UntimedEvent } from '../../runs/model/format';

/** Where the loop tells what happens. */
export interface TrainingJournal {
  /** Settles once the event is kept. */
  event(event: UntimedEvent): Promise<void>;
  /** Without waiting: may be left out while an earlier one is being written. */
  progress(event: UntimedEvent): void;
  /** Keeps scores and masks of a pruning and returns the record's number. */
  record(record: PruningRecord): Promise<number>;
  log(text: string): Promise<void>;
  /** Settles once all that was told so far outlasts a power loss. */
  keep(): Promise<void>;
}
