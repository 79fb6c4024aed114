import type { RecordsMessage, RunsMessage } from '../../protocol/messages';
import type { PruningRecord } from '../../runs/model/format';
import type { NumberedRecord, Pruning, RunHistory } from '../../runs/model/history';

/** What is on the screen at first: the newest pruning, and the one before, against which filters have come back. */
const shownFirst = 2;
/** Bytes of scores and masks in a message, so that neither host nor page is busy with one for longer than a frame or two. */
const bytesAtOnce = 2 ** 20;

/** Histories as a page gets them at first: the older prunings without scores and masks. */
export function withoutOlderRecords(runs: readonly RunHistory[]): RunsMessage {
  return {
    type: 'runs',
    runs: runs.map((run) => ({
      ...run,
      prunings: [
        ...olderPrunings(run).map(({ event }) => ({ event, record: null })),
        ...run.prunings.slice(-shownFirst),
      ],
    })),
    awaited: runs.filter((run) => olderRecords(run).length > 0).map(({ manifest }) => manifest.id),
  };
}

/** What was left out, in messages of bounded size: the newest first, runs in turns. */
export function* olderRecordsOf(runs: readonly RunHistory[]): Generator<RecordsMessage> {
  const left = runs.map((run) => ({ id: run.manifest.id, records: olderRecords(run) }));
  while (left.some(({ records }) => records.length > 0)) {
    for (const { id, records } of left) {
      if (records.length === 0) continue;
      const taken = records.splice(-countAtOnce(records.at(-1)!));
      yield { type: 'records', id, records: taken, isLast: records.length === 0 };
    }
  }
}

function olderPrunings({ prunings }: RunHistory): readonly Pruning[] {
  return prunings.slice(0, -shownFirst);
}

function olderRecords(run: RunHistory): Whole[] {
  return olderPrunings(run).flatMap(({ event, record }) => (record ? [{ number: event.record, record }] : []));
}

type Whole = NumberedRecord & { readonly record: PruningRecord };

/** All records of a run are of one size. */
function countAtOnce({ record }: Whole): number {
  const bytes = record.layers.reduce((sum, { scores, mask }) => sum + scores.byteLength + mask.byteLength, 0);
  return Math.max(1, Math.floor(bytesAtOnce / Math.max(1, bytes)));
}
