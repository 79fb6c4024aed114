import { join } from 'node:path';
import { UserError } from './base/errors';
import { visibleText } from './base/visibleText';
import { physicalCores } from './engines/physicalCores';
import { lockState, RunLock } from './runs/lock/runLock';
import { MeasuringPlanner } from './scheduling/queue/process/planner';
import { QueueProcess } from './scheduling/queue/process/queueProcess';

/** The process of the queue: `node queue.js QUEUE_FOLDER` trains the runs of this machine's queue until none is left. */
async function main([folder, ...others]: readonly string[]): Promise<number> {
  if (folder === undefined || others.length > 0) {
    log('Usage: node queue.js QUEUE_FOLDER');
    return 2;
  }
  const stop = stopOnSignals();
  const lock = await takeLock(folder);
  if (lock === null) return 0;
  const cores = await physicalCores();
  const trainerScript = join(__dirname, 'trainer.js');
  const planner = new MeasuringPlanner({ cores, log, signal: stop });
  await new QueueProcess({ folder, lock, trainerScript, cores, planner, log }).run(stop);
  return 0;
}

/** Null where another process is the queue's already. */
async function takeLock(folder: string): Promise<RunLock | null> {
  try {
    return await RunLock.take(folder);
  } catch (error) {
    if (error instanceof UserError && (await lockState(folder)).kind === 'held') return null;
    throw error;
  }
}

function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      log(`The queue ends by ${name}; runs that train go on, and the others wait.`);
      controller.abort();
    });
  return controller.signal;
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${visibleText(line)}`);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    log(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
