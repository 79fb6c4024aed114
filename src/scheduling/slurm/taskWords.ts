import type { TaskState } from './queueStates';

/** What Slurm calls a task that is over. */
const over = [
  ...[
    'COMPLETED',
    'CANCELLED',
    'FAILED',
    'TIMEOUT',
    'PREEMPTED',
    'NODE_FAIL',
    'BOOT_FAIL',
    'DEADLINE',
    'OUT_OF_MEMORY',
  ],
  ...['REVOKED', 'LAUNCH_FAILED', 'RECONFIG_FAIL'],
];

/** Whether Slurm still has something to do for it. */
export function isUnderWay({ state }: TaskState): boolean {
  return !over.includes(state);
}

/** A state as it stands beside a run: `pending (Resources)`, `running on node7`. */
export function stateInWords({ state, reason, nodes }: TaskState): string {
  const word = state.toLowerCase().replaceAll('_', ' ');
  if (state === 'PENDING') return reason === null ? word : `${word} (${reason})`;
  if (state === 'RUNNING') return nodes === null ? word : `${word} on ${nodes}`;
  return reason === null || reason === 'None' ? word : `${word} (${reason})`;
}
