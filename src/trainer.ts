import { visibleText } from './base/visibleText';
import { exitCodes, trainQueue } from './training/run/queue';
import { StopRequested } from './runs/control/stopRequest';
import { trainRun } from './training/run/trainRun';
import { compactTrainedRun } from './analysis/compactRun';

/** The training process: `node trainer.js RUN_FOLDER [RUN_FOLDER …]` trains the runs that the folders describe, in order. */
async function main(folders: readonly string[]): Promise<number> {
  const [first, ...more] = folders;
  if (first === undefined) {
    console.error('Usage: node trainer.js RUN_FOLDER [RUN_FOLDER …]');
    return 2;
  }
  const stop = stopOnSignals();
  return more.length === 0
    ? exitCodes[await trainRun(first, { signal: stop, conclude: (trained) => compactTrainedRun(trained) })]
    : trainQueue(folders, __filename, stop);
}

function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      controller.abort(new StopRequested(name));
    });
  }
  return controller.signal;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(visibleText(error instanceof Error ? error.message : String(error)));
    process.exit(exitCodes.failed);
  },
);
