import { join, resolve } from 'node:path';
import { UserError } from '../../base/errors';
import { runTask } from '../../scheduling/slurm/task';
import { print } from '../terminal';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** `sfp slurm-task`, which batch scripts call: trains the run of one task of a job array. */
export async function slurmTask(submission: string): Promise<number> {
  const controller = new AbortController();
  for (const name of signals)
    process.on(name, () => {
      controller.abort();
    });
  const index = Number(process.env.SLURM_ARRAY_TASK_ID);
  if (!process.env.SLURM_ARRAY_TASK_ID || !Number.isInteger(index))
    throw new UserError(
      '`sfp slurm-task` is for the batch scripts of `sfp submit`; outside of a job array it does nothing.',
    );
  return runTask({
    folder: resolve(submission),
    index,
    trainerScript: join(__dirname, 'trainer.js'),
    signal: controller.signal,
    say: print,
  });
}
