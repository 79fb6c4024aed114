import type { RunDelta, RunHistory } from '../../runs/model/history';
import type { HostMessage, RecordsMessage, RemarkMessage, RunsMessage, UpdateMessage } from '../messages';
import { inOneBuffer } from './oneBuffer';
import { packedEpochs, unpackedEpochs, type PackedEpochs } from './packedEpochs';
import { packedPrunings, unpackedPrunings, type PackedPrunings } from './packedPrunings';
import { packedRecords, unpackedRecords, type PackedRecords } from './packedRecords';

type PackedHistory = Omit<RunHistory, 'epochs' | 'prunings' | 'recordsAhead'> & {
  readonly epochs: PackedEpochs;
  readonly prunings: PackedPrunings;
  readonly recordsAhead: PackedRecords;
};

/**
 * A message as it is posted: what is long stands in arrays of numbers. VS Code carries a message as JSON with buffers beside it,
 * and of a long run the JSON of its layers alone would take seconds.
 */
export type PackedMessage =
  | (Omit<RunsMessage, 'runs'> & { readonly runs: readonly PackedHistory[] })
  | (Omit<UpdateMessage, 'delta'> & { readonly delta: Omit<RunDelta, 'records'> & { readonly records: PackedRecords } })
  | (Omit<RecordsMessage, 'records'> & { readonly records: PackedRecords })
  | RemarkMessage;

export function packed(message: HostMessage): PackedMessage {
  return inOneBuffer(packedParts(message));
}

function packedParts(message: HostMessage): PackedMessage {
  switch (message.type) {
    case 'runs':
      return { ...message, runs: message.runs.map(packedHistory) };
    case 'update':
      return { ...message, delta: { ...message.delta, records: packedRecords(message.delta.records) } };
    case 'records':
      return { ...message, records: packedRecords(message.records) };
    case 'network':
    case 'reveal':
      return message;
  }
}

export function unpacked(message: PackedMessage): HostMessage {
  switch (message.type) {
    case 'runs':
      return { ...message, runs: message.runs.map(unpackedHistory) };
    case 'update':
      return { ...message, delta: { ...message.delta, records: unpackedRecords(message.delta.records) } };
    case 'records':
      return { ...message, records: unpackedRecords(message.records) };
    case 'network':
    case 'reveal':
      return message;
  }
}

function packedHistory(run: RunHistory): PackedHistory {
  return {
    ...run,
    epochs: packedEpochs(run.epochs),
    prunings: packedPrunings(run.prunings),
    recordsAhead: packedRecords(run.recordsAhead),
  };
}

function unpackedHistory(run: PackedHistory): RunHistory {
  return {
    ...run,
    epochs: unpackedEpochs(run.epochs),
    prunings: unpackedPrunings(run.prunings),
    recordsAhead: unpackedRecords(run.recordsAhead),
  };
}
