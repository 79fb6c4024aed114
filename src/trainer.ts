import { visibleText } from './base/visibleText';
import { exitCodes } from './runs/control/exitCodes';
import { placeGiven } from './runs/control/place';
import { StopRequested } from './runs/control/stopRequest';
import { trainRun } from './training/run/trainRun';
import { compactTrainedRun } from './analysis/compactRun';

/** The training process: `node trainer.js RUN_FOLDER` trains the run that the folder describes. */
async function main(folders: readonly string[]): Promise<number> {
  const [folder, ...others] = folders;
  if (folder === undefined || others.length > 0) {
    console.error('Usage: node trainer.js RUN_FOLDER');
    return 2;
  }
  const place = placeGiven();
  return exitCodes[await trainRun(folder, { signal: stopOnSignals(), place, conclude: compactTrainedRun })];
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
