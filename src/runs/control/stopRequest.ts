import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onFile } from '../../base/fileProblem';
import { fileNames } from '../model/format';

const pollMilliseconds = 500;

/** Why an AbortSignal of a run was aborted: somebody asked, nothing failed. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';

  constructor(readonly asked: string) {
    super(`Stop was requested (${asked}).`);
  }
}

export interface StopWatch {
  /** Aborted with a `StopRequested` as its reason. */
  readonly signal: AbortSignal;
  dispose(): void;
}

/** Asks the trainer to stop; it obeys after its current step. Throws a UserError when the run folder can't be written. */
export async function requestStop(folder: string): Promise<void> {
  await onFile(folder, () => writeFile(requestFile(folder), ''));
}

/** Takes the request back, if there is one, so that the run can go on. Throws a UserError as `requestStop` does. */
export async function withdrawStopRequest(folder: string): Promise<void> {
  await onFile(folder, () => rm(requestFile(folder), { force: true }));
}

/** True if the request file is in the run folder. */
export async function isStopRequested(folder: string): Promise<boolean> {
  return access(requestFile(folder)).then(
    () => true,
    () => false,
  );
}

/** Looks twice a second for the request file, which works over any file system; `outer` (signals of the process) counts the same. */
export function watchStopRequest(folder: string, outer?: AbortSignal): StopWatch {
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    if (await isStopRequested(folder)) controller.abort(new StopRequested(fileNames.stopRequest));
  };
  const timer = setInterval(() => void look(), pollMilliseconds);
  timer.unref();
  return {
    signal: outer === undefined ? controller.signal : AbortSignal.any([controller.signal, outer]),
    dispose: () => {
      clearInterval(timer);
    },
  };
}

function requestFile(folder: string): string {
  return join(folder, fileNames.stopRequest);
}
