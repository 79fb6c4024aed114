import { join } from 'node:path';
import { exitCodes } from '../../src/runs/control/exitCodes';
import { placeGiven } from '../../src/runs/control/place';
import { StopRequested } from '../../src/runs/control/stopRequest';
import { trainRun } from '../../src/training/run/trainRun';

/**
 * The training process without what it makes of the network at the end, which takes longer than a tiny training.
 * `node bareTrainer.js RUN_FOLDER`; the batch worker is beside it.
 */
const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort(new StopRequested('SIGTERM'));
});
const batchWorkerScript = join(__dirname, 'batchWorker.js');

trainRun(process.argv[2] ?? '', { batchWorkerScript, place: placeGiven(), signal: stop.signal }).then(
  (outcome) => process.exit(exitCodes[outcome]),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(exitCodes.failed);
  },
);
