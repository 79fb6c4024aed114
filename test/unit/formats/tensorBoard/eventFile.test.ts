import { fromBinary } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { EventSchema } from '../../../../src/formats/tensorBoard/event_pb';
import { eventBytes, eventFileStart, sessionStart } from '../../../../src/formats/tensorBoard/eventFile';

it('begins as TensorFlow’s writer begins a file, checksums and all', () => {
  // tensorboard 2.21: EventFileWriter's first record, with this time.
  expect(Buffer.from(eventFileStart(0)).toString('hex')).toBe(golden);
});
const golden = '0f000000000000006d532b091a0d627261696e2e4576656e743a32fc985129';

it('keeps times in seconds and steps whole, whatever a damaged run tells', () => {
  const event = (bytes: Uint8Array) => fromBinary(EventSchema, bytes.subarray(12, -4));
  const { wallTime, step } = event(sessionStart({ time: 1500, step: 7 }));
  expect([wallTime, step]).toEqual([1.5, 7n]);
  expect(event(eventBytes({ time: 0, step: 1e300 }, [])).step).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  expect(event(eventBytes({ time: 0, step: -5 }, [])).step).toBe(0n);
});
