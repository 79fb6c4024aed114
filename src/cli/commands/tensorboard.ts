import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { onFile } from '../../base/fileProblem';
import { nextEventFile } from '../../export/tensorBoard/eventFileName';
import { RunLog } from '../../export/tensorBoard/runLog';
import { RunReader } from '../../runs/folder/reader';
import type { PruningRecord } from '../../runs/model/format';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { findRunsOrExperiments, runsFolderOf } from '../runFolders';
import { print, printJson } from '../terminal';
import { writeOutputs } from '../writeOutputs';

export interface TensorBoardOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `sfp tensorboard`: event files of runs, each in a folder that is called as the run's, as TensorBoard wants them. */
export async function tensorboard(
  names: readonly string[],
  { out, force, runs, json }: TensorBoardOptions,
): Promise<void> {
  const folders = await findRunsOrExperiments(names, await runsFolderOf(runs));
  await onFile(out, () => mkdir(out, { recursive: true }));
  const written: string[] = [];
  for (const folder of folders) {
    const { created, bytes } = await eventFileOf(folder);
    const target = join(out, basename(folder));
    const path = join(target, nextEventFile([], created));
    await writeOutputs({ files: [{ path, bytes }], folder: target }, { force: force === true });
    written.push(path);
  }
  if (json) printJson({ folder: resolve(out), files: written.map((path) => resolve(path)) });
  else
    print(
      `${shortPath(out)}: event files of ${plural(written.length, 'run')}; see tensorboard --logdir ${shortPath(out)}`,
    );
}

/** With when the run was made, in milliseconds since 1970, so that the file is called the same each time. */
async function eventFileOf(folder: string): Promise<{ created: number; bytes: Uint8Array }> {
  const reader = await RunReader.open(folder);
  const log = new RunLog();
  const parts: Uint8Array[] = [];
  const records = new Map<number, PruningRecord>();
  for (;;) {
    const { manifest, events, records: read } = await reader.read();
    for (const { number, record } of read) if (record !== null) records.set(number, record);
    for (const event of events) {
      const bytes = log.event(event);
      if (bytes !== null) parts.push(bytes);
      if (event.type !== 'pruned') continue;
      const record = records.get(event.record);
      const ofRecord = record ? log.record(record, Date.parse(event.time)) : null;
      if (ofRecord !== null) parts.push(ofRecord);
      records.delete(event.record);
    }
    if (!reader.hasMore) return { created: Date.parse(manifest.created) || 0, bytes: Buffer.concat(parts) };
  }
}
