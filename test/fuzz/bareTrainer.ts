import { join } from 'node:path';
import { exitCodes } from '../../src/runs/control/exitCodes';
import { placeGiven } from '../../src/runs/control/place';
import { trainRun } from '../../src/training/run/trainRun';

/**
 * The training process without what it makes of the network at the end, which takes longer than a tiny training: what is killed
 * is the training. `node bareTrainer.js RUN_FOLDER`; the batch worker is beside it.
 */
const options = { batchWorkerScript: join(__dirname, 'batchWorker.js'), place: placeGiven() };

trainRun(process.argv[2] ?? '', options).then(
  (outcome) => process.exit(exitCodes[outcome]),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(exitCodes.failed);
  },
);
