import type { Certificate } from './certificate';
import type { MultiplyAddTotals, PruningRecord, RunEvent, RunEventOf, RunManifest, RunStatus } from './format';
import type { Sensitivity } from './sensitivity';

/** `lost`: the folder says created or running, but its process is no longer there. */
export type ShownStatus = RunStatus | 'lost';

/** Whether a run has ended before its last epoch, so that it can be resumed. */
export function canGoOn({ status }: { readonly status: ShownStatus }): boolean {
  return status === 'stopped' || status === 'failed' || status === 'lost';
}

/** One pruning: what the trainer told of it, and what layers.bin holds of it. */
export interface Pruning {
  readonly event: RunEventOf<'pruned'>;
  /** Scores and masks; null where the record can't be read, or has not come yet. */
  readonly record: PruningRecord | null;
}

/** A record with its position in layers.bin, by which events name it. */
export interface NumberedRecord {
  readonly number: number;
  /** Null when it is damaged. */
  readonly record: PruningRecord | null;
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
  /** In the order of their epochs, each epoch once. */
  readonly prunings: readonly Pruning[];
  /** Records that were read before the events that tell of them. */
  readonly recordsAhead: readonly NumberedRecord[];
  /** How equal and how fast the compact network is; null as long as there is none. */
  readonly certificate: Certificate | null;
  readonly warnings: readonly string[];
  readonly outcome: RunEventOf<'stopped' | 'failed' | 'finished'> | null;
  /** How accuracy falls when layers are pruned alone; null until it has been measured. */
  readonly sensitivity: Sensitivity | null;
}

/** What a run folder has gained since it was last read. */
export interface RunDelta {
  readonly id: string;
  readonly manifest: RunManifest;
  readonly status: ShownStatus;
  readonly events: readonly RunEvent[];
  readonly records: readonly NumberedRecord[];
  /** Left out where it is as before. */
  readonly certificate?: Certificate | null;
  /** Likewise. */
  readonly sensitivity?: Sensitivity | null;
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
    recordsAhead: [],
    certificate: null,
    warnings: [],
    outcome: null,
    sensitivity: null,
  };
}

/**
 * Folds new events and records into a history; the argument is not changed. Records find their events by number, whichever
 * of the two comes first.
 */
export function advance(history: RunHistory, delta: RunDelta): RunHistory {
  const told = delta.events.reduce(withEvent, history);
  const { manifest, status, certificate = history.certificate, sensitivity = history.sensitivity } = delta;
  return { ...withRecords(told, delta.records), manifest, status, certificate, sensitivity };
}

/** Lists in which nothing changes stay the same objects, so that a view can tell that it has nothing to draw. */
function withRecords(history: RunHistory, records: readonly NumberedRecord[]): RunHistory {
  const { prunings, recordsAhead } = history;
  const candidates = [...recordsAhead, ...records.filter(({ record }) => record !== null)];
  if (candidates.length === 0) return history;
  const byNumber = new Map(candidates.map(({ number, record }) => [number, record]));
  const joined = prunings.map((pruning) => withRecord(pruning, byNumber.get(pruning.event.record)));
  // Numbers grow from event to event: a record that the newest one has passed by will not be told of any more.
  const newest = prunings.at(-1);
  const ahead = candidates.filter(({ number, record }) => {
    if (newest === undefined || number > newest.event.record) return true;
    return number === newest.event.record && record?.epoch !== newest.event.epoch;
  });
  return {
    ...history,
    prunings: joined.every((pruning, index) => pruning === prunings[index]) ? prunings : joined,
    recordsAhead: ahead,
  };
}

/** A writer that goes on cuts off a damaged last record and gives its number to the next: the epoch tells them apart. */
function withRecord(pruning: Pruning, record: PruningRecord | null | undefined): Pruning {
  const { event } = pruning;
  return pruning.record === null && record?.epoch === event.epoch ? { event, record } : pruning;
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
      return { ...history, prunings: [...prunedBefore(event, history.prunings), { event, record: null }] };
    case 'epoch':
      return { ...history, epochs: [...toldBefore(event, history.epochs), event], progress: null };
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
function toldBefore(event: RunEventOf<'epoch'>, epochs: RunHistory['epochs']): RunHistory['epochs'] {
  return epochs.filter(({ epoch }) => epoch < event.epoch);
}

/** As `toldBefore`; a pruning's record goes with its event. */
function prunedBefore(event: RunEventOf<'pruned'>, prunings: RunHistory['prunings']): RunHistory['prunings'] {
  return prunings.filter((pruning) => pruning.event.epoch < event.epoch);
}

/** Multiply-adds of the network that a run has tested, or of its newest pruning, or as forecast; null before anything is known. */
export function currentMultiplyAdds({ manifest, outcome, prunings, started }: RunHistory): MultiplyAddTotals | null {
  const tested = outcome?.type === 'finished' ? outcome.multiplyAdds : manifest.summary?.multiplyAdds;
  return tested ?? prunings.at(-1)?.event.multiplyAdds ?? started?.multiplyAdds ?? null;
}
