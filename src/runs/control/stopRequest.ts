import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { lookAt, openRegular } from '../../base/regularFile';
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

/**
 * Asks the trainer to stop; it obeys after its current step. Throws a UserError when the run folder can't be written, or something
 * else has the name of the request, such as a link.
 */
export async function requestStop(folder: string): Promise<void> {
  // Asked twice, it is opened as it is.
  await onFile(folder, async () => (await openRegular(requestFile(folder), 'append')).close());
}

/**
 * Takes the request back, if there is one, so that the run can go on; of a link the link is deleted. Throws a UserError as
 * `requestStop` does.
 */
export async function withdrawStopRequest(folder: string): Promise<void> {
  const file = requestFile(folder);
  await onFile(folder, async () => {
    const found = await lookAt(file);
    if (found?.isDirectory()) throw new UserError(`${file} is a folder, not a request; move it away.`, { file });
    if (found) await unlink(file);
  });
}

/** True if there is a request in the run folder, whatever it is made of. */
export async function isStopRequested(folder: string): Promise<boolean> {
  return lstat(requestFile(folder)).then(
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
