import { asymptotic } from './asymptotic';
import { hard } from './hard';
import { oneShot } from './oneShot';
import type { Schedule } from './schedule';
import { soft } from './soft';

export type { EpochPlan, Schedule, ScheduledPruning } from './schedule';
export { withSettling } from './settling';

/** Every schedule by its id; one that comes is a file beside this one, a line here and a name in the config's choices. */
export const schedules = { soft, hard, asymptotic, 'one-shot': oneShot } as const satisfies Readonly<
  Record<string, Schedule>
>;
