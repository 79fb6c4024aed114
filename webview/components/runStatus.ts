import type { RunHistory, ShownStatus } from '../../src/runs/model/history';
import { nextOf } from '../../src/runs/model/lostCheckpoints';
import { momentOf } from './filterLife';
import { duration, percent } from './numbers';

/** How a status is shown: icon and word together, never colour alone. */
export const statusSigns: Readonly<Record<ShownStatus, { readonly icon: string; readonly word: string }>> = {
  created: { icon: 'watch', word: 'Waiting' },
  running: { icon: 'sync', word: 'Running' },
  finished: { icon: 'pass', word: 'Finished' },
  stopped: { icon: 'circle-slash', word: 'Stopped' },
  failed: { icon: 'error', word: 'Failed' },
  lost: { icon: 'debug-disconnect', word: 'Lost' },
};

export interface Progress {
  /** 0 to 1; null while it can't be told. */
  readonly fraction: number | null;
  /** What is being done, and how far it is. */
  readonly text: string;
  /** How fast it goes and how long it will take; empty when unknown. */
  readonly pace: string;
}

/** How many epochs a run is to have, also before it has begun. */
export function plannedEpochs({ started, manifest }: RunHistory): number {
  return started?.epochs ?? manifest.config.training.epochs;
}

/** What a run is doing, in words. */
export function progressOf(run: RunHistory): Progress {
  if (run.status === 'created') return { fraction: null, text: 'Waits for its turn to train', pace: '' };
  const { started, progress, epochs, manifest } = run;
  const planned = plannedEpochs(run);
  if (run.status !== 'running')
    return {
      fraction: epochs.length / planned,
      text: `${epochs.length} of ${planned} epochs`,
      pace: manifest.summary ? `took ${duration(manifest.summary.seconds)}` : '',
    };
  if (!started) return preparing(run);
  if (!progress) return betweenEpochs(run, planned);
  const { epoch, step, imagesPerSecond, secondsLeft } = progress;
  const left = secondsLeft === null ? '' : ` · ${duration(secondsLeft)} left`;
  return {
    fraction: (epoch + step / started.stepsPerEpoch) / planned,
    text: `Epoch ${epoch + 1} of ${planned} · step ${step} of ${started.stepsPerEpoch}`,
    pace: `${imagesPerSecond.toFixed(0)} images/s${left}`,
  };
}

function preparing({ preparing: phase }: RunHistory): Progress {
  return {
    fraction: phase?.fraction ?? null,
    text: phase?.message ?? 'Opening the data set and compiling the network',
    pace: phase?.fraction ? percent(phase.fraction, 0) : '',
  };
}

function betweenEpochs({ epochs, prunings }: RunHistory, planned: number): Progress {
  const text =
    epochs.length > 0
      ? `Epoch ${epochs.length} of ${planned} is done; the next one begins`
      : prunings.length > 0
        ? 'Pruned before training; the first epoch begins'
        : 'The network is compiled; the first pruning comes now';
  return { fraction: epochs.length / planned, text, pace: '' };
}

/** What went wrong and what to do, in sentences; null when nothing did. */
export function troubleOf(run: RunHistory): { readonly severe: boolean; readonly text: string } | null {
  const { status, outcome, manifest, epochs } = run;
  const at = momentOf(epochs.length - 1);
  switch (status) {
    case 'failed': {
      const message = manifest.error ?? (outcome?.type === 'failed' ? outcome.message : 'The reason was not recorded.');
      return { severe: true, text: `It failed ${at}. ${message}` };
    }
    case 'lost':
      return {
        severe: true,
        text:
          `The training process is gone without a word ${at}: it was killed, or the machine was restarted. ` +
          'What it recorded until then is shown; the log may say more. Resume it to go on from its newest checkpoint.',
      };
    case 'stopped':
      return {
        severe: false,
        text: `It was stopped ${at}. What it recorded until then is shown; resume it to go on from there.`,
      };
    case 'finished': {
      const { lostCheckpoints: lost } = run;
      if (!lost) return null;
      if (lost.how === 'removed') return { severe: false, text: `It has finished; ${lost.what}.` };
      return { severe: true, text: `It has finished, but ${lost.what}. Resumed, it ${nextOf(lost)}.` };
    }
    case 'created':
    case 'running':
      return null;
  }
}
