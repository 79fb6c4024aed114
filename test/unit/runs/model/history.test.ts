import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventOf } from '../../../../src/runs/model/format';
import {
  advance,
  currentMultiplyAdds,
  emptyHistory,
  most,
  savedMultiplyAdds,
  type NumberedRecord,
  type RunDelta,
  type RunHistory,
} from '../../../../src/runs/model/history';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { heldEvent, prunedEvent, pruningRecord } from '../../../fixtures/runFolder';

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

describe('a run of any length', () => {
  const epochEvent = (epoch: number): RunEventOf<'epoch'> => ({
    type: 'epoch',
    time: '2026-01-01T00:00:00.000Z',
    epoch,
    learningRate: 0.1,
    training: { loss: 1, accuracy: 0.5 },
    before: null,
    after: null,
    seconds: 1,
    imagesPerSecond: 1,
  });
  const epochs = (count: number) => Array.from({ length: count }, (_, epoch) => epochEvent(epoch));

  test('is folded in a time that grows with its length: a hundred thousand epochs are no work', () => {
    const events = epochs(100_000).flatMap((event) => [event, prunedEvent(event.epoch, event.epoch)]);
    const history = after([{ events }]);
    expect(history.epochs).toHaveLength(100_000);
    expect(history.prunings).toHaveLength(100_000);
    expect(history.warnings).toEqual([]);
  });

  test('keeps its newest epochs, and says once that it has had more', () => {
    const history = after([{ events: epochs(most.epochs + 5) }, { events: [epochEvent(most.epochs + 5)] }]);
    expect(history.epochs).toHaveLength(most.epochs);
    expect(history.epochs.at(-1)?.epoch).toBe(most.epochs + 5);
    expect(history.warnings).toEqual([expect.stringMatching(/its first epochs or prunings are not shown/)]);
  });

  test('keeps its newest prunings', () => {
    const layers = Array.from({ length: 10_000 }, (_, index) => ({
      ...prunedEvent(0, 0).layers[0]!,
      name: `${index}`,
    }));
    const count = Math.ceil(most.prunedLayers / layers.length) + 3;
    const events = Array.from({ length: count }, (_, epoch) => ({ ...prunedEvent(epoch, epoch), layers }));
    const { prunings, warnings } = after([{ events }]);
    expect(prunings.length).toBe(Math.floor(most.prunedLayers / (layers.length + 1)));
    expect(prunings.at(-1)?.event.epoch).toBe(count - 1);
    expect(warnings).toHaveLength(1);
  });

  test('keeps the scores and masks of its newest prunings, and all prunings', () => {
    const filters = most.recordBytes / 2 ** 6;
    const layers = [{ name: 'wide', scores: new Float32Array(filters), mask: new Uint8Array(filters) }];
    const wide = (epoch: number): NumberedRecord => ({ number: epoch, record: { epoch, layers } });
    const all = Array.from({ length: 30 }, (_, epoch) => epoch);
    const history = after([
      { events: all.map((epoch) => prunedEvent(epoch, epoch)), records: all.map(wide) },
      { events: [prunedEvent(30, 30)], records: [wide(30)] },
    ]);
    const held = history.prunings.map(({ record: kept }) => kept !== null);
    expect(held).toEqual([...all, 30].map((epoch) => epoch > 30 - 12));
    expect(history.warnings).toEqual([expect.stringMatching(/its first prunings are shown without theirs/)]);
    expect(after([{ records: all.map(wide) }]).recordsAhead.map(({ number }) => number)).toEqual(all.slice(-12));
  });

  test('is not unpacked because records of it arrive', () => {
    const events = [0, 1, 2].map((number) => prunedEvent(number, number));
    const { layers } = events[0]!;
    let unpacked = 0;
    const told = after([{ events }]);
    const prunings = told.prunings.map(({ event, record: held }) => ({
      record: held,
      event: Object.defineProperty({ ...event }, 'layers', { get: () => ((unpacked += 1), layers) }),
    }));
    const history = after([{ records: [record(1, 1)] }, { records: [record(0, 0)] }], { ...told, prunings });
    expect(outline(history)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, null],
    ]);
    expect(unpacked).toBe(0);
  });

  test('keeps no more warnings than anybody reads', () => {
    const warn = (message: string): RunEvent => ({ type: 'warning', time: '', message });
    const many = after([{ events: Array.from({ length: 1000 }, (_, index) => warn(`${index}`)) }]).warnings;
    expect(many).toHaveLength(most.warnings + 1);
    const long = after([{ events: ['a', 'b', 'c'].map((letter) => warn(letter.repeat(400_000))) }]).warnings;
    expect(long.map(({ length }) => length)).toEqual([400_000, 400_000, many.at(-1)!.length]);
  });
});

test('which network is trained while masks are held is told by the newest start of the run', () => {
  const started = plausibleRun().deltas.flatMap(({ events }) => events.filter(({ type }) => type === 'started'));
  expect(empty.held).toBeNull();
  const held = after([{ events: [...started, heldEvent] }]);
  expect(held.held).toEqual(heldEvent);
  const compact = { ...heldEvent, epoch: 5, whyWhole: null };
  expect(after([{ events: [compact] }], held).held).toEqual(compact);
  expect(after([{ events: started }], held).held).toBeNull();
});

describe('what pruning saves', () => {
  const pruned = { dense: 100, paper: 70, exact: 80 };
  const summary = {
    ...plausibleRun({ epochs: 3 }).manifest.summary!,
    multiplyAdds: { dense: 100, paper: 60, exact: 65 },
  };

  test('is told by the same rule of a history and of a manifest alone', () => {
    const finished = { ...manifest, summary };
    expect(savedMultiplyAdds({ manifest })).toBeNull();
    expect(savedMultiplyAdds({ manifest: finished })).toEqual({ paper: 0.4, exact: 0.35 });
    expect(savedMultiplyAdds({ ...after([{ events: [prunedEvent(0, 0)] }]), manifest: finished })?.exact).toBe(0.35);
    expect(currentMultiplyAdds(after([{ events: [prunedEvent(0, 0)] }]))).toEqual(pruned);
  });

  test('is not known of a narrow baseline, nor where nothing is computed', () => {
    const baseline = { of: 'other', kind: 'narrow' } as const;
    expect(savedMultiplyAdds({ manifest: { summary, baseline } })).toBeNull();
    const nothing = { ...summary, multiplyAdds: { dense: 0, paper: 0, exact: 0 } };
    expect(savedMultiplyAdds({ manifest: { summary: nothing } })).toBeNull();
  });
});
