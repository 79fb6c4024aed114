import { access } from 'node:fs/promises';
import { join } from 'node:path';
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

/** True if the request file is in the run folder. */
export async function isStopRequested(folder: string): Promise<boolean> {
  try {
    await access(join(folder, fileNames.stopRequest));
    return true;
  } catch {
    return false;
  }
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
