import type { HostMessage } from '../../protocol/messages';
import type { PruningRecord } from '../../runs/model/format';
import type { NumberedRecord, RunHistory } from '../../runs/model/history';

/**
 * The same message with all scores and masks in one buffer. VS Code counts the buffers of a message to a webview in one byte:
 * of more than 253 the rest arrives empty, without a word, and every layer of every pruning has two.
 */
export function inOneBuffer(message: HostMessage): HostMessage {
  switch (message.type) {
    case 'runs': {
      const copyOf = copier(message.runs.flatMap(recordsOf));
      return { ...message, runs: message.runs.map((run) => withCopies(run, copyOf)) };
    }
    case 'update': {
      const { delta } = message;
      const copyOf = copier(readable(delta.records));
      return { ...message, delta: { ...delta, records: numberedCopies(delta.records, copyOf) } };
    }
  }
}

type CopyOf = (record: PruningRecord | null) => PruningRecord | null;

function recordsOf({ prunings, recordsAhead }: RunHistory): PruningRecord[] {
  return [...readable(prunings), ...readable(recordsAhead)];
}

function readable(records: readonly { readonly record: PruningRecord | null }[]): PruningRecord[] {
  return records.flatMap(({ record }) => record ?? []);
}

function withCopies(run: RunHistory, copyOf: CopyOf): RunHistory {
  return {
    ...run,
    prunings: run.prunings.map(({ event, record }) => ({ event, record: copyOf(record) })),
    recordsAhead: numberedCopies(run.recordsAhead, copyOf),
  };
}

function numberedCopies(records: readonly NumberedRecord[], copyOf: CopyOf): NumberedRecord[] {
  return records.map(({ number, record }) => ({ number, record: copyOf(record) }));
}

/** Gives copies of the records that share one buffer, scores first because they need its alignment. */
function copier(records: readonly PruningRecord[]): CopyOf {
  const layers = records.flatMap((record) => record.layers);
  const scoreBytes = layers.reduce((sum, { scores }) => sum + scores.byteLength, 0);
  const maskBytes = layers.reduce((sum, { mask }) => sum + mask.byteLength, 0);
  const buffer = new ArrayBuffer(scoreBytes + maskBytes);
  let scoresEnd = 0;
  let masksEnd = scoreBytes;
  const copied = (record: PruningRecord): PruningRecord => ({
    ...record,
    layers: record.layers.map((layer) => {
      const scores = new Float32Array(buffer, scoresEnd, layer.scores.length);
      const mask = new Uint8Array(buffer, masksEnd, layer.mask.length);
      scores.set(layer.scores);
      mask.set(layer.mask);
      scoresEnd += scores.byteLength;
      masksEnd += mask.byteLength;
      return { ...layer, scores, mask };
    }),
  });
  const copies = new Map(records.map((record) => [record, copied(record)]));
  return (record) => record && (copies.get(record) ?? record);
}
