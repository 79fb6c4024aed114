import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../../src/runs/model/format';
import {
  advance,
  emptyHistory,
  type NumberedRecord,
  type RunDelta,
  type RunHistory,
} from '../../../../src/runs/model/history';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { prunedEvent, pruningRecord } from '../../../fixtures/runFolder';

const { manifest } = plausibleRun({ state: 'training' });
const empty = emptyHistory(manifest, 'running');

interface Gain {
  readonly events?: readonly RunEvent[];
  readonly records?: readonly NumberedRecord[];
}

function after(gains: readonly Gain[], start: RunHistory = empty): RunHistory {
  return gains
    .map(({ events = [], records = [] }): RunDelta => {
      const { id } = manifest;
      return { id, manifest, status: 'running', events, records };
    })
    .reduce(advance, start);
}

const record = (number: number, epoch: number): NumberedRecord => ({ number, record: pruningRecord(epoch) });
const damaged = (number: number): NumberedRecord => ({ number, record: null });

/** Epochs, numbers and the epochs of the records of all prunings. */
const outline = ({ prunings }: RunHistory) =>
  prunings.map(({ event, record: held }) => [event.epoch, event.record, held?.epoch ?? null]);

describe('a pruning is its event with its record', () => {
  const whole = [{ event: prunedEvent(-1, 0), record: pruningRecord(-1) }];

  test.each<[string, Gain[]]>([
    ['in one look', [{ events: [prunedEvent(-1, 0)], records: [record(0, -1)] }]],
    ['with the record before the event', [{ records: [record(0, -1)] }, { events: [prunedEvent(-1, 0)] }]],
    ['with the record after the event', [{ events: [prunedEvent(-1, 0)] }, { records: [record(0, -1)] }]],
  ])('read %s', (_, gains) => {
    const history = after(gains);
    expect(history.prunings).toEqual(whole);
    expect(history.recordsAhead).toEqual([]);
  });

  test('whose record has not come yet has none', () => {
    expect(outline(after([{ events: [prunedEvent(-1, 0), prunedEvent(0, 1)], records: [record(0, -1)] }]))).toEqual([
      [-1, 0, -1],
      [0, 1, null],
    ]);
  });

  test('whose record is damaged has none, and those after it have theirs', () => {
    const events = [prunedEvent(-1, 0), prunedEvent(0, 1), prunedEvent(1, 2)];
    const history = after([{ events, records: [damaged(0), record(1, 0)] }, { records: [record(2, 1)] }]);
    expect(outline(history)).toEqual([
      [-1, 0, null],
      [0, 1, 0],
      [1, 2, 1],
    ]);
  });

  test('takes no record of another epoch, which a writer gave the number of a damaged one', () => {
    const history = after([{ events: [prunedEvent(0, 1)] }, { events: [prunedEvent(1, 1)], records: [record(1, 1)] }]);
    expect(outline(history)).toEqual([
      [0, 1, null],
      [1, 1, 1],
    ]);
    const ahead = after([{ events: [prunedEvent(0, 1)], records: [record(1, 1)] }, { events: [prunedEvent(1, 1)] }]);
    expect(ahead.prunings).toEqual(history.prunings);
  });

  test('and stays the same object while others come', () => {
    const first = after([{ events: [prunedEvent(-1, 0)], records: [record(0, -1)] }]);
    const second = after([{ events: [prunedEvent(0, 1)] }, { records: [record(1, 0)] }], first);
    expect(second.prunings[0]).toBe(first.prunings[0]);
    const unchanged = after([{ events: [], records: [damaged(2), record(3, 2)] }], second);
    expect(unchanged.prunings).toBe(second.prunings);
  });
});

describe('a run that goes on', () => {
  const { history, deltas } = plausibleRun({ epochs: 8, killedIn: 4 });

  test('has each epoch and its pruning once, though it told of one twice', () => {
    const told = deltas.flatMap(({ events }) => events.filter((event) => event.type === 'pruned' && event.epoch === 4));
    expect(told).toHaveLength(2);
    expect(deltas.flatMap(({ records }) => records).filter(({ record: held }) => held?.epoch === 4)).toHaveLength(2);
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(outline(history)).toEqual(
      [-1, 0, 1, 2, 3, 4, 5, 6, 7].map((epoch) => [epoch, epoch < 4 ? epoch + 1 : epoch + 2, epoch]),
    );
    expect(history.recordsAhead).toEqual([]);
  });

  test('is the run that was never broken off, but for times and numbers', () => {
    const unbroken = plausibleRun({ epochs: 8 }).history;
    expect(history.prunings.map(({ record: held }) => held)).toEqual(unbroken.prunings.map(({ record: held }) => held));
  });

  test('replaces event and record together, back to the epoch at which it goes on', () => {
    const epochs = [-1, 0, 1, 2];
    const before = after([
      {
        events: epochs.map((epoch, number) => prunedEvent(epoch, number)),
        records: epochs.map((epoch, number) => record(number, epoch)),
      },
    ]);
    const without = after([{ events: [prunedEvent(0, 4)] }], before);
    expect(outline(without)).toEqual([
      [-1, 0, -1],
      [0, 4, null],
    ]);
    expect(outline(after([{ records: [record(4, 0)] }], without))).toEqual([
      [-1, 0, -1],
      [0, 4, 0],
    ]);
  });

  test('forgets a record whose event was never written', () => {
    const history = after([
      { events: [prunedEvent(-1, 0)], records: [record(0, -1), record(1, 0)] },
      { events: [prunedEvent(0, 2)], records: [record(2, 0)] },
    ]);
    expect(outline(history)).toEqual([
      [-1, 0, -1],
      [0, 2, 0],
    ]);
    expect(history.recordsAhead).toEqual([]);
  });

  test('has its whole record where only the one before the break is damaged', () => {
    expect(plausibleRun({ epochs: 8, killedIn: 4, damaged: [5] }).history.prunings).toEqual(history.prunings);
    const again = plausibleRun({ epochs: 8, killedIn: 4, damaged: [6] }).history.prunings;
    expect(again.map(({ record: held }) => held === null)).toEqual(again.map(({ event }) => event.epoch === 4));
  });
});

test('however events and records are cut into looks, and in whatever order records come, the history is the same', () => {
  /** Runs that were broken off and went on at an earlier epoch, some records damaged. */
  const stories = fc.array(fc.record({ back: fc.nat({ max: 2 }), isDamaged: fc.boolean() }), { maxLength: 12 });
  const story = stories.map((steps) => {
    let epoch = -2;
    return steps.map(({ back, isDamaged }, number) => {
      epoch = Math.max(-1, epoch + 1 - back);
      return { event: prunedEvent(epoch, number), record: isDamaged ? damaged(number) : record(number, epoch) };
    });
  });
  const cases = story.chain((told) => {
    const looks = fc.nat({ max: 4 });
    const perItem = { minLength: told.length, maxLength: told.length };
    return fc.record({
      told: fc.constant(told),
      eventLooks: fc.array(looks, perItem).map((all) => all.toSorted((a, b) => a - b)),
      recordLooks: fc.array(looks, perItem),
    });
  });
  fc.assert(
    fc.property(cases, ({ told, eventLooks, recordLooks }) => {
      const events = told.map(({ event }) => event);
      const records = told.map(({ record: held }) => held);
      const atOnce = after([{ events, records }]);
      const gains = [0, 1, 2, 3, 4].map((look) => ({
        events: events.filter((_, index) => eventLooks[index] === look),
        records: records.filter((_, index) => recordLooks[index] === look).toReversed(),
      }));
      const byAndBy = after(gains);
      expect(byAndBy.prunings).toEqual(atOnce.prunings);
      expect(byAndBy.recordsAhead).toEqual([]);
      expect(atOnce.recordsAhead).toEqual([]);
      const epochs = atOnce.prunings.map(({ event }) => event.epoch);
      expect(epochs).toEqual([...new Set(epochs)].toSorted((a, b) => a - b));
      for (const { event, record: held } of atOnce.prunings) expect(held).toEqual(records[event.record]!.record);
    }),
    { numRuns: 300 },
  );
});
