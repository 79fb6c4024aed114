import type { HostMessage } from '../../protocol/messages';
import type { PruningRecord } from '../../runs/model/format';

/**
 * The same message with all norms and masks in one buffer. VS Code counts the buffers of a message to a webview in one byte:
 * of more than 253 the rest arrives empty, without a word, and every layer of every pruning has two.
 */
export function inOneBuffer(message: HostMessage): HostMessage {
  switch (message.type) {
    case 'runs': {
      const all = message.runs.flatMap(({ records }) => records);
      const copies = copiesOf(all);
      return {
        ...message,
        runs: message.runs.map((run) => ({
          ...run,
          records: run.records.map((record) => copies.get(record) ?? record),
        })),
      };
    }
    case 'update': {
      const { delta } = message;
      const copies = copiesOf(delta.records);
      return { ...message, delta: { ...delta, records: delta.records.map((record) => copies.get(record) ?? record) } };
    }
  }
}

/** Copies of the records that share one buffer, norms first because they need its alignment. */
function copiesOf(records: readonly PruningRecord[]): ReadonlyMap<PruningRecord, PruningRecord> {
  const layers = records.flatMap((record) => record.layers);
  const normBytes = layers.reduce((sum, { norms }) => sum + norms.byteLength, 0);
  const maskBytes = layers.reduce((sum, { mask }) => sum + mask.byteLength, 0);
  const buffer = new ArrayBuffer(normBytes + maskBytes);
  let normsEnd = 0;
  let masksEnd = normBytes;
  const copyOf = (record: PruningRecord): PruningRecord => ({
    ...record,
    layers: record.layers.map((layer) => {
      const norms = new Float32Array(buffer, normsEnd, layer.norms.length);
      const mask = new Uint8Array(buffer, masksEnd, layer.mask.length);
      norms.set(layer.norms);
      mask.set(layer.mask);
      normsEnd += norms.byteLength;
      masksEnd += mask.byteLength;
      return { ...layer, norms, mask };
    }),
  });
  return new Map(records.map((record) => [record, copyOf(record)]));
}
