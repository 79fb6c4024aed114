import { expect, test } from 'vitest';
import { olderRecordsOf, withoutOlderRecords } from '../../../../src/extension/views/olderRecords';
import { advance, type RunHistory } from '../../../../src/runs/model/history';
import { longHistory } from '../../../fixtures/longHistory';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const deep = plausibleRun({ arch: 'resnet110', epochs: 200, damaged: [7] }).history;
const short = plausibleRun({ epochs: 4 }).history;

function bytesOf(records: RunHistory['recordsAhead']): number {
  const layers = records.flatMap(({ record }) => record?.layers ?? []);
  return layers.reduce((sum, { scores, mask }) => sum + scores.byteLength + mask.byteLength, 0);
}

test('A page first gets the scores and masks of the newest pruning and of the one before', () => {
  const { runs, awaited } = withoutOlderRecords([deep, short]);
  expect(runs[0]!.prunings.flatMap(({ record }, index) => (record ? [index] : []))).toEqual([199, 200]);
  expect(runs[0]!.prunings.map(({ event }) => event)).toEqual(deep.prunings.map(({ event }) => event));
  expect(awaited).toEqual([deep, short].map(({ manifest }) => manifest.id));
});

test('A run that has no older records awaits none', () => {
  const fresh = { ...short, prunings: short.prunings.slice(0, 2) };
  expect(withoutOlderRecords([fresh]).awaited).toEqual([]);
  expect([...olderRecordsOf([fresh])]).toEqual([]);
});

test('What was left out follows in messages of a megabyte, the newest first, and makes the run whole', () => {
  const { manifest, status } = deep;
  let run = withoutOlderRecords([deep]).runs[0]!;
  const messages = [...olderRecordsOf([deep])];
  for (const { id, records } of messages) run = advance(run, { id, manifest, status, events: [], records });
  expect(run.prunings).toEqual(deep.prunings);
  expect(Math.max(...messages.map(({ records }) => bytesOf(records)))).toBeLessThanOrEqual(2 ** 20);
  expect(messages.map(({ isLast }) => isLast)).toEqual(messages.map((_, index) => index === messages.length - 1));
  const newest = messages.map(({ records }) => records.at(-1)!.number);
  expect(newest).toEqual(newest.toSorted((a, b) => b - a));
});

test('Runs come in turns, so that neither of two side by side waits for the other', () => {
  const ids = [...olderRecordsOf([deep, short, deep])].map(({ id }) => id);
  expect(ids.slice(0, 3)).toEqual([deep, short, deep].map(({ manifest }) => manifest.id));
});

test('50,000 prunings become messages of bounded size', () => {
  const long = longHistory({ prunings: 50_000, recorded: 2000 });
  const messages = [...olderRecordsOf([long])];
  // Two damaged ones, and the two that come first.
  expect(messages.reduce((sum, { records }) => sum + records.length, 0)).toBe(1996);
  expect(Math.max(...messages.map(({ records }) => bytesOf(records)))).toBeLessThanOrEqual(2 ** 20);
});
