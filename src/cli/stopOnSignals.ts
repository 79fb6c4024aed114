import { readManifest } from '../runs/folder/manifest';
import { requestStop } from '../runs/control/stopRequest';
import { killTrainer, stopRun } from '../runs/control/trainerProcess';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const concludeSeconds = 5;

export interface Stopping {
  /** Asks all runs to stop after their current step. */
  ask(): Promise<void>;
  dispose(): void;
}

/** Ctrl-C asks the runs to stop and a second Ctrl-C kills them; a third ends this command without waiting for them. */
export function stopOnSignals(folders: readonly string[], say: (text: string) => void): Stopping {
  let asked = 0;
  const ask = async (): Promise<void> => {
    await Promise.all(folders.map((folder) => requestStop(folder).catch(() => undefined)));
  };
  const onSignal = (): void => {
    asked += 1;
    if (asked === 1) {
      say('Stopping after the current step and saving a checkpoint … (Ctrl-C again kills)');
      void ask();
    } else if (asked === 2) {
      say('Killing the training process …');
      void Promise.all(folders.map(kill));
    } else process.exit(130);
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    ask,
    dispose: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/** Kills the process of a run that is training; a run that waits for its turn has already been asked to stop. */
async function kill(folder: string): Promise<void> {
  const { status } = await readManifest(folder);
  if (status !== 'running') return;
  await killTrainer(folder).catch(() => undefined);
  await stopRun(folder, { graceSeconds: concludeSeconds }).catch(() => undefined);
}
