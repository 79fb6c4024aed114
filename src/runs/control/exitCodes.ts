import type { RunManifest } from '../model/format';

/** How the training of a run ended. */
export type Outcome = Extract<RunManifest['status'], 'finished' | 'stopped' | 'failed'>;

/** What the trainer's exit code says. */
export const exitCodes: Readonly<Record<Outcome, number>> = { finished: 0, failed: 1, stopped: 130 };
