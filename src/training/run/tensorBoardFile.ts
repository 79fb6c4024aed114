import { folderNames } from '../../base/folderNames';
import { nextEventFile } from '../../export/tensorBoard/eventFileName';
import { RunLog } from '../../export/tensorBoard/runLog';
import type { PruningRecord, RunEvent } from '../../runs/model/format';
import type { RunWriter } from '../../runs/folder/writer';

/** The event file for TensorBoard that a run writes while it is trained; each start of the run begins another one. */
export class TensorBoardFile {
  readonly #log = new RunLog();
  #name: string | null = null;

  constructor(private readonly writer: RunWriter) {}

  async event(event: RunEvent): Promise<void> {
    const bytes = this.#log.event(event);
    if (event.type === 'started') this.#name = nextEventFile(await folderNames(this.writer.folder), Date.now());
    await this.#append(bytes);
  }

  async record(record: PruningRecord): Promise<void> {
    await this.#append(this.#log.record(record, Date.now()));
  }

  async #append(bytes: Uint8Array | null): Promise<void> {
    if (this.#name !== null && bytes !== null) await this.writer.beside(this.#name, bytes);
  }
}
