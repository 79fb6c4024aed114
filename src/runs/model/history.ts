import type { Certificate } from './certificate';
import type { MultiplyAddTotals, PruningRecord, RunEvent, RunEventOf, RunManifest, RunStatus } from './format';
import type { LostCheckpoints } from './lostCheckpoints';
import type { Sensitivity } from './sensitivity';

/** `lost`: the folder says created or running, but its process is no longer there. */
export type ShownStatus = RunStatus | 'lost';

/**
 * Whether to offer that a run be resumed: it has ended before its last epoch, or finished and has damaged checkpoints since. One
 * whose checkpoints somebody removed is to stay as it is.
 */
export function canGoOn({
  status,
  lostCheckpoints = null,
}: {
  readonly status: ShownStatus;
  readonly lostCheckpoints?: LostCheckpoints | null;
}): boolean {
  const isIncomplete = status === 'finished' && lostCheckpoints?.how === 'damaged';
  return isIncomplete || status === 'stopped' || status === 'failed' || status === 'lost';
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
  /** Since when masks are held, and which network is trained since then; null as long as they are not. */
  readonly held: RunEventOf<'held'> | null;
  /** How equal and how fast the compact network is; null as long as there is none. */
  readonly certificate: Certificate | null;
  readonly warnings: readonly string[];
  readonly outcome: RunEventOf<'stopped' | 'failed' | 'finished'> | null;
  /** How accuracy falls when layers are pruned alone; null until it has been measured. */
  readonly sensitivity: Sensitivity | null;
  /** What a finished run has lost of its checkpoints; left out where nobody has looked. */
  readonly lostCheckpoints?: LostCheckpoints | null;
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
  /** Likewise. */
  readonly lostCheckpoints?: LostCheckpoints | null;
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
    held: null,
    certificate: null,
    warnings: [],
    outcome: null,
    sensitivity: null,
  };
}

/**
 * Folds new events and records into a history; the argument is not changed. Records find their events by number, whichever
 * of the two comes first. A list is copied once at most, so that a folder of any length is folded in a time that grows with its
 * length, and what is kept has bounds: what is left out beyond them is the oldest, and a warning says so.
 */
export function advance(history: RunHistory, delta: RunDelta): RunHistory {
  const told = withEvents(history, delta.events);
  const { manifest, status, certificate = history.certificate, sensitivity = history.sensitivity } = delta;
  const { lostCheckpoints = history.lostCheckpoints } = delta;
  const bounded = told.prunings === history.prunings ? told : withNewestPrunings(told);
  const folded = { ...withinBounds(withRecords(bounded, delta.records)), manifest, status, certificate, sensitivity };
  return lostCheckpoints === undefined ? folded : { ...folded, lostCheckpoints };
}

/** Lists in which nothing changes stay the same objects, so that a view can tell that it has nothing to draw. */
function withRecords(history: RunHistory, records: readonly NumberedRecord[]): RunHistory {
  const { prunings, recordsAhead } = history;
  const candidates = [...recordsAhead, ...records.filter(({ record }) => record !== null)];
  if (candidates.length === 0) return history;
  const byNumber = new Map(candidates.map(({ number, record }) => [number, record]));
  // Numbers grow from event to event: a record that the newest one has passed by will not be told of any more.
  const newest = prunings.at(-1);
  const ahead = candidates.filter(({ number, record }) => {
    if (newest === undefined || number > newest.event.record) return true;
    return number === newest.event.record && record?.epoch !== newest.event.epoch;
  });
  return { ...history, prunings: changedWhere(prunings, (pruning) => joined(pruning, byNumber)), recordsAhead: ahead };
}

/** A writer that goes on cuts off a damaged last record and gives its number to the next: the epoch tells them apart. */
function joined(pruning: Pruning, byNumber: ReadonlyMap<number, PruningRecord | null>): Pruning {
  const { event } = pruning;
  const record = pruning.record === null ? byNumber.get(event.record) : undefined;
  return record?.epoch === event.epoch ? { event, record } : pruning;
}

/** The list with some of its items replaced; the list itself where none is. */
function changedWhere<Item>(items: readonly Item[], replaced: (item: Item) => Item): readonly Item[] {
  let changed: Item[] | null = null;
  for (const [index, item] of items.entries()) {
    const other = replaced(item);
    if (other !== item) (changed ??= [...items])[index] = other;
  }
  return changed ?? items;
}

function withEvents(history: RunHistory, events: readonly RunEvent[]): RunHistory {
  if (events.length === 0) return history;
  const told = new Told(history);
  for (const event of events) told.tell(event);
  return told.history;
}

/** A history on its way from event to event. */
class Told {
  readonly #epochs: GrowingList<RunEventOf<'epoch'>>;
  readonly #prunings: GrowingList<Pruning>;
  #rest: Omit<RunHistory, 'epochs' | 'prunings'>;

  constructor(before: RunHistory) {
    this.#epochs = new GrowingList(before.epochs);
    this.#prunings = new GrowingList(before.prunings);
    this.#rest = before;
  }

  get history(): RunHistory {
    return { ...this.#rest, epochs: this.#epochs.items, prunings: this.#prunings.items };
  }

  /** A run that goes on from a checkpoint does some epochs again: what it tells of them replaces what it told before. */
  tell(event: RunEvent): void {
    switch (event.type) {
      case 'preparing':
        this.#change({ preparing: event });
        break;
      case 'started':
        this.#change({ preparing: null, started: event, held: null, outcome: null });
        break;
      case 'progress':
        this.#change({ progress: event });
        break;
      case 'pruned':
        // A pruning's record goes with its event.
        this.#prunings.add({ event, record: null }, (pruning) => pruning.event.epoch >= event.epoch);
        break;
      case 'epoch':
        this.#epochs.add(event, ({ epoch }) => epoch >= event.epoch);
        this.#change({ progress: null });
        break;
      case 'checkpoint':
        break;
      case 'held':
        this.#change({ held: event });
        break;
      case 'warning':
        this.#change({ warnings: withWarning(this.#rest.warnings, event.message) });
        break;
      case 'stopped':
      case 'failed':
      case 'finished':
        this.#change({ outcome: event, preparing: null, progress: null });
    }
  }

  #change(parts: Partial<Omit<RunHistory, 'epochs' | 'prunings'>>): void {
    this.#rest = { ...this.#rest, ...parts };
  }
}

/** A list that others hold, and what is added to it: it is copied before the first change, and not again. */
class GrowingList<Item> {
  #copy: Item[] | null = null;

  constructor(private readonly before: readonly Item[]) {}

  get items(): readonly Item[] {
    return this.#copy ?? this.before;
  }

  /** Adds an item after taking away those at the end that it replaces. */
  add(item: Item, isReplaced: (earlier: Item) => boolean): void {
    const items = (this.#copy ??= [...this.before]);
    while (items.length > 0 && isReplaced(items.at(-1)!)) items.pop();
    items.push(item);
  }
}

/** A run that goes on says again what is strange about its config. */
function withWarning(warnings: readonly string[], message: string): readonly string[] {
  const characters = warnings.reduce((sum, { length }) => sum + length, message.length);
  const isTooMuch = warnings.length >= most.warnings || characters > most.warningCharacters;
  const added = isTooMuch ? leftOut.warnings : message;
  return warnings.includes(message) || warnings.includes(added) ? warnings : [...warnings, added];
}

/** What is kept of a run at most: far more than any run of the networks here needs, and less than a view can bear. */
export const most = {
  epochs: 100_000,
  /** Layers in the events of all prunings together. */
  prunedLayers: 2 ** 20,
  /** Scores and masks of all prunings together, as they lie in memory. */
  recordBytes: 2 ** 26,
  warnings: 300,
  warningCharacters: 2 ** 20,
} as const;

const leftOut = {
  epochs: 'This run is longer than what is kept of one at a time: its first epochs or prunings are not shown.',
  records: 'This run has more scores and masks than are kept at a time: its first prunings are shown without theirs.',
  warnings: 'There are more warnings than are kept.',
} as const;

function withinBounds(history: RunHistory): RunHistory {
  const { epochs, recordsAhead } = history;
  const prunings = withNewestRecords(history.prunings);
  const isLonger = epochs.length > most.epochs;
  const warnings = [...(isLonger ? [leftOut.epochs] : []), ...(prunings === history.prunings ? [] : [leftOut.records])];
  return {
    ...history,
    epochs: isLonger ? epochs.slice(-most.epochs) : epochs,
    prunings,
    recordsAhead: newestOf(recordsAhead, recordsAtMost(recordsAhead.at(-1)?.record)),
    warnings: warnings.reduce(withWarning, history.warnings),
  };
}

/** Looks at every pruning's layers, which a page has to unpack: to be asked when there are more prunings. */
function withNewestPrunings(history: RunHistory): RunHistory {
  const { prunings } = history;
  let layers = 0;
  const first = prunings.findLastIndex(({ event }) => (layers += 1 + event.layers.length) > most.prunedLayers);
  if (first < 0) return history;
  return {
    ...history,
    prunings: prunings.slice(first + 1),
    warnings: withWarning(history.warnings, leftOut.epochs),
  };
}

/** All records of a run have the same layers. */
function withNewestRecords(prunings: readonly Pruning[]): readonly Pruning[] {
  const newest = prunings.findLast(({ record }) => record !== null);
  let left = recordsAtMost(newest?.record);
  const first = prunings.findLastIndex(({ record }) => record !== null && --left < 0);
  if (first < 0) return prunings;
  return prunings.map((pruning, index) =>
    index > first || pruning.record === null ? pruning : { event: pruning.event, record: null },
  );
}

function recordsAtMost(record: PruningRecord | null | undefined): number {
  if (!record) return Infinity;
  const bytes = record.layers.reduce((sum, { scores, mask }) => sum + 300 + scores.byteLength + mask.byteLength, 0);
  return Math.max(1, Math.floor(most.recordBytes / bytes));
}

function newestOf<Item>(items: readonly Item[], count: number): readonly Item[] {
  return items.length > count ? items.slice(items.length - count) : items;
}

/** What the multiply-adds of a run follow from: its history, or its manifest alone. */
type Counted = { readonly manifest: Pick<RunManifest, 'summary' | 'baseline'> } & Partial<Omit<RunHistory, 'manifest'>>;

/**
 * Multiply-adds of the network that a run has tested, or of its newest pruning, or as forecast; null before anything is known,
 * and of a run that is known by its manifest alone, without a history, until it has been tested.
 */
export function currentMultiplyAdds({ manifest, outcome, prunings, started }: Counted): MultiplyAddTotals | null {
  const tested = outcome?.type === 'finished' ? outcome.multiplyAdds : manifest.summary?.multiplyAdds;
  return tested ?? prunings?.at(-1)?.event.multiplyAdds ?? started?.multiplyAdds ?? null;
}

/**
 * The fractions of the multiply-adds that pruning saves, in the two ways of counting; null where `currentMultiplyAdds` is, and
 * of a narrow baseline: of that nothing is pruned, and what its shape saves it does not know.
 */
export function savedMultiplyAdds(run: Counted): { readonly paper: number; readonly exact: number } | null {
  const counts = currentMultiplyAdds(run);
  if (!counts || counts.dense <= 0 || run.manifest.baseline?.kind === 'narrow') return null;
  return { paper: 1 - counts.paper / counts.dense, exact: 1 - counts.exact / counts.dense };
}
