import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import * as crc32c from 'crc-32/crc32c.js';
import type { SummarySchema } from './event_pb';
import { EventSchema, SessionLog_SessionStatus } from './event_pb';

/** A value under its name, as TensorBoard shows it. */
export type SummaryValue = NonNullable<MessageInitShape<typeof SummarySchema>['value']>[number];

/** When something was, and after how many training steps. */
export interface EventTime {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly step: number;
}

/** The beginning of an event file. `time` is in milliseconds since 1970. */
export function eventFileStart(time: number): Uint8Array {
  const version = create(EventSchema, {
    wallTime: time / 1000,
    what: { case: 'fileVersion', value: 'brain.Event:2' },
  });
  return framed(toBinary(EventSchema, version));
}

/** From here on values take the place of those of this step and later ones, in this file and in older ones beside it. */
export function sessionStart({ time, step }: EventTime): Uint8Array {
  const start = create(EventSchema, {
    wallTime: time / 1000,
    step: wholeSteps(step),
    what: { case: 'sessionLog', value: { status: SessionLog_SessionStatus.START } },
  });
  return framed(toBinary(EventSchema, start));
}

/** Values that belong together. */
export function eventBytes({ time, step }: EventTime, values: readonly SummaryValue[]): Uint8Array {
  const event = create(EventSchema, {
    wallTime: time / 1000,
    step: wholeSteps(step),
    what: { case: 'summary', value: { value: [...values] } },
  });
  return framed(toBinary(EventSchema, event));
}

/** A damaged run may tell of any number. */
function wholeSteps(step: number): bigint {
  return BigInt(Math.min(Math.max(0, step), Number.MAX_SAFE_INTEGER));
}

/** A record of TensorFlow's TFRecord format: its length and itself, each with a masked CRC-32C behind it. */
function framed(record: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(12 + record.length + 4);
  frame.writeBigUInt64LE(BigInt(record.length), 0);
  frame.writeUInt32LE(maskedChecksum(frame.subarray(0, 8)), 8);
  frame.set(record, 12);
  frame.writeUInt32LE(maskedChecksum(record), 12 + record.length);
  return frame;
}

/** A checksum of bytes that hold checksums is no good one, so TensorFlow turns it by 15 bits and adds a number. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c.buf(bytes) >>> 0;
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
