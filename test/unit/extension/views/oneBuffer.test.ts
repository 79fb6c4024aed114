import { describe, expect, it } from 'vitest';
import { inOneBuffer } from '../../../../src/extension/views/oneBuffer';
import type { HostMessage } from '../../../../src/protocol/messages';
import { plausibleRun } from '../../../fixtures/plausibleRun';

function buffersOf(message: HostMessage): Set<ArrayBufferLike> {
  const records =
    message.type === 'runs'
      ? message.runs.flatMap(({ prunings, recordsAhead }) => [...prunings, ...recordsAhead])
      : message.delta.records;
  return new Set(
    records.flatMap(({ record }) => record?.layers.flatMap(({ scores, mask }) => [scores.buffer, mask.buffer]) ?? []),
  );
}

describe('A message with all its arrays in one buffer', () => {
  const [l1, l2] = [plausibleRun({ criterion: 'l1', damaged: [0, 3] }).history, plausibleRun().history];
  const ahead = { number: 99, record: l2.prunings.at(-1)!.record };
  const runs = [l1, { ...l2, recordsAhead: [ahead] }];

  it('says the same of all runs', () => {
    const message: HostMessage = { type: 'runs', runs };
    const sent = inOneBuffer(message);
    expect(sent).toEqual(message);
    expect(buffersOf(message).size).toBeGreaterThan(253);
    expect(buffersOf(sent).size).toBe(1);
  });

  it('says the same of what a run has gained', () => {
    const { deltas } = plausibleRun({ state: 'finished' });
    for (const delta of deltas) {
      const sent = inOneBuffer({ type: 'update', delta });
      expect(sent).toEqual({ type: 'update', delta });
      expect(buffersOf(sent).size).toBe(delta.records.length > 0 ? 1 : 0);
    }
  });
});
