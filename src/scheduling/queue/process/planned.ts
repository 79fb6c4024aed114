import type { Place } from '../../../runs/control/place';
import type { Need } from './place';

export interface PlannedNeed {
  readonly need: Need;
  /** Told to the trainer, so that it does not measure again beside the others. */
  readonly engine: Place['engine'];
}

export interface Circumstances {
  /** Nothing trains, so that something may be measured. */
  readonly isIdle: boolean;
  /** The user has not said how many runs at once. */
  readonly mayMeasure: boolean;
  /** Tells who follows the run what it waits for. */
  readonly tell: (message: string) => void;
}

/** Knows what runs need. */
export interface Planner {
  /** Null while it is being found out, or has to be measured and may not yet; to be asked again. */
  needOf(folder: string, circumstances: Circumstances): PlannedNeed | null;
  /** The run is not asked for again. */
  forget(folder: string): void;
}
