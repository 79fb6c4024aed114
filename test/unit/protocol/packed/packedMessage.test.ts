import { describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../../src/network/zoo';
import type { HostMessage } from '../../../../src/protocol/messages';
import { packed, unpacked } from '../../../../src/protocol/packed/packedMessage';
import { longHistory } from '../../../fixtures/longHistory';
import { plainHistory, plainRecord } from '../../../fixtures/plainHistory';
import { plausibleRun } from '../../../fixtures/plausibleRun';

/** As it comes out of VS Code on the other side. */
function carried(message: HostMessage): HostMessage {
  return unpacked(structuredClone(packed(message)));
}

/** Every buffer and every object of the message, as VS Code has to write them out. */
function weigh(data: unknown, buffers = new Set<unknown>()): { buffers: Set<unknown>; objects: number } {
  if (ArrayBuffer.isView(data)) return { buffers: buffers.add(data.buffer), objects: 1 };
  if (typeof data !== 'object' || data === null) return { buffers, objects: 0 };
  return { buffers, objects: Object.values(data).reduce((sum: number, part) => sum + weigh(part, buffers).objects, 1) };
}

const l1 = plausibleRun({ criterion: 'l1', damaged: [0, 3] }).history;
const l2 = plausibleRun({ epochs: 5 }).history;

describe('A packed message', () => {
  it('says the same of all runs, with damaged records and records that have come ahead', () => {
    const runs = [l1, { ...l2, recordsAhead: [{ number: 99, record: l2.prunings.at(-1)!.record }] }];
    const message = carried({ type: 'runs', runs, awaited: ['some'] });
    if (message.type !== 'runs') throw new Error('It has become another message.');
    expect(message.awaited).toEqual(['some']);
    expect(message.runs.map(plainHistory)).toEqual(runs.map(plainHistory));
  });

  it('says the same of scores that are no numbers, of names with markup and of epochs without validation', () => {
    const strange = longHistory({ prunings: 30 });
    const [first, ...rest] = strange.epochs;
    const epochs = [{ ...first!, before: null, after: null, firstLosses: [2.3, 2.2] }, ...rest];
    const message = carried({ type: 'runs', runs: [{ ...strange, epochs }], awaited: [] });
    if (message.type !== 'runs') throw new Error('It has become another message.');
    expect(message.runs.map(plainHistory)).toEqual([plainHistory({ ...strange, epochs })]);
  });

  it('says the same of prunings that name different layers', () => {
    const other = plausibleRun({ arch: 'resnet56', epochs: 2 }).history;
    const prunings = [...l2.prunings, ...other.prunings];
    const message = carried({ type: 'runs', runs: [{ ...l2, prunings }], awaited: [] });
    if (message.type !== 'runs') throw new Error('It has become another message.');
    expect(message.runs.map(plainHistory)).toEqual([plainHistory({ ...l2, prunings })]);
  });

  it('says the same of a network, and of a layer that is to be seen', () => {
    const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
    const messages: readonly HostMessage[] = [
      { type: 'network', id: 'some', network: { graph } },
      { type: 'network', id: 'some', network: { problem: 'It is damaged.' } },
      { type: 'reveal', id: 'some', layer: 'stem.conv' },
    ];
    expect(messages.map(carried)).toEqual(messages);
  });

  it('says the same of what a run has gained', () => {
    for (const delta of plausibleRun({ epochs: 3, damaged: [1] }).deltas) {
      const message = carried({ type: 'update', delta });
      if (message.type !== 'update') throw new Error('It has become another message.');
      const recordsOf = ({ records }: typeof delta) =>
        records.map(({ number, record }) => ({ number, record: record && plainRecord(record) }));
      expect({ ...message.delta, records: recordsOf(message.delta) }).toEqual({ ...delta, records: recordsOf(delta) });
    }
  });

  it('has one buffer and as many objects, however long the run is: VS Code carries no more than 253 buffers', () => {
    const weights = [20, 400].map((prunings) => {
      const history = longHistory({ prunings });
      return weigh(packed({ type: 'runs', runs: [history, history], awaited: [] }));
    });
    expect(weights.map(({ buffers }) => buffers.size)).toEqual([1, 1]);
    // The config's schedule and the like; not layers, of which there are 19 a pruning.
    expect(weights[1]!.objects).toBe(weights[0]!.objects);
  });
});
