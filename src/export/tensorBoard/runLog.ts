import { eventBytes, eventFileStart, sessionStart } from '../../formats/tensorBoard/eventFile';
import type { PruningRecord, RunEvent, RunEventOf } from '../../runs/model/format';
import { summariesOfEvent, summariesOfRecord } from './summaries';

/** A run as bytes of an event file of TensorBoard, event by event. Steps are those of the optimiser since the run began. */
export class RunLog {
  #hasBegun = false;
  #stepsPerEpoch = 0;
  /** Steps until the newest epoch's end. */
  #trained = 0;

  /** What an event adds to the file; null where it adds nothing, as whatever happens before the first start. */
  event(event: RunEvent): Uint8Array | null {
    if (event.type === 'started') return this.#started(event);
    const values = summariesOfEvent(event);
    if (!this.#hasBegun || values.length === 0) return null;
    return eventBytes({ time: Date.parse(event.time), step: this.#stepOf(event) }, values);
  }

  /** What scores and masks of a pruning add; `time` is in milliseconds since 1970. */
  record({ epoch, layers }: PruningRecord, time: number): Uint8Array | null {
    return this.#hasBegun ? eventBytes({ time, step: this.#stepsUntil(epoch + 1) }, summariesOfRecord(layers)) : null;
  }

  /** A run that goes on does so from a checkpoint: what was told of later steps is told again. */
  #started({ time, stepsPerEpoch, from }: RunEventOf<'started'>): Uint8Array {
    this.#stepsPerEpoch = stepsPerEpoch;
    const at = { time: Date.parse(time), step: this.#stepsUntil(from?.epoch ?? 0) + (from?.step ?? 0) };
    const version = this.#hasBegun ? [] : [eventFileStart(at.time)];
    this.#hasBegun = true;
    return Buffer.concat([...version, sessionStart(at)]);
  }

  #stepOf(event: RunEvent): number {
    if (event.type === 'progress') return this.#stepsUntil(event.epoch) + event.step;
    if (event.type === 'epoch') this.#trained = this.#stepsUntil(event.epoch + 1);
    return 'epoch' in event ? this.#stepsUntil(event.epoch + 1) : this.#trained;
  }

  #stepsUntil(epoch: number): number {
    return epoch * this.#stepsPerEpoch;
  }
}
