import type { PruningRecord, RunEvent, RunEventOf, RunManifest, RunStatus } from './format';

/** `lost`: the folder says created or running, but its process is no longer there. */
export type ShownStatus = RunStatus | 'lost';

/** Whether a run has ended before its last epoch, so that it can be resumed. */
export function canGoOn({ status }: { readonly status: ShownStatus }): boolean {
  return status === 'stopped' || status === 'failed' || status === 'lost';
}

/** A run folder's content folded into what views, tables and reports show. Plain data: it is posted to webviews as it is. */
export interface RunHistory {
  readonly manifest: RunManifest;
  readonly status: ShownStatus;
  /** What is being prepared; null once training has started. */
  readonly preparing: RunEventOf<'preparing'> | null;
  readonly started: RunEventOf<'started'> | null;
  /** The newest progress event, null between epochs and before the first. */
  readonly progress: RunEventOf<'progress'> | null;
  readonly epochs: readonly RunEventOf<'epoch'>[];
  readonly prunings: readonly RunEventOf<'pruned'>[];
  /** Norms and masks; `records[p.record]` belongs to pruning event p. */
  readonly records: readonly PruningRecord[];
  readonly warnings: readonly string[];
  readonly outcome: RunEventOf<'stopped' | 'failed' | 'finished'> | null;
}

/** What a run folder has gained since it was last read. */
export interface RunDelta {
  readonly id: string;
  readonly manifest: RunManifest;
  readonly status: ShownStatus;
  readonly events: readonly RunEvent[];
  readonly records: readonly PruningRecord[];
}

export function emptyHistory(manifest: RunManifest, status: ShownStatus): RunHistory {
  return {
    manifest,
    status,
    preparing: null,
    started: null,
    progress: null,
    epochs: [],
    prunings: [],
    records: [],
    warnings: [],
    outcome: null,
  };
}

/** Folds new events and records into a history; the argument is not changed. */
export function advance(history: RunHistory, delta: RunDelta): RunHistory {
  const grown = delta.events.reduce(withEvent, history);
  return {
    ...grown,
    manifest: delta.manifest,
    status: delta.status,
    records: delta.records.length > 0 ? [...grown.records, ...delta.records] : grown.records,
  };
}

function withEvent(history: RunHistory, event: RunEvent): RunHistory {
  switch (event.type) {
    case 'preparing':
      return { ...history, preparing: event };
    case 'started':
      return { ...history, preparing: null, started: event, outcome: null };
    case 'progress':
      return { ...history, progress: event };
    case 'pruned':
      return { ...history, prunings: [...before(event, history.prunings), event] };
    case 'epoch':
      return { ...history, epochs: [...before(event, history.epochs), event], progress: null };
    case 'checkpoint':
      return history;
    case 'warning':
      // A run that goes on says again what is strange about its config.
      if (history.warnings.includes(event.message)) return history;
      return { ...history, warnings: [...history.warnings, event.message] };
    case 'stopped':
    case 'failed':
    case 'finished':
      return { ...history, outcome: event, preparing: null, progress: null };
  }
}

/** A run that goes on from a checkpoint does some epochs again: what it tells of them replaces what it told before. */
function before<Event extends { readonly epoch: number }>(event: Event, events: readonly Event[]): Event[] {
  return events.filter(({ epoch }) => epoch < event.epoch);
}
