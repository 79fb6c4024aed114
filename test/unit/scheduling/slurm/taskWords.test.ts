import { expect, it } from 'vitest';
import { isUnderWay, stateInWords } from '../../../../src/scheduling/slurm/taskWords';

const task = (state: string, reason: string | null = null, nodes: string | null = null) => ({ state, reason, nodes });

it('states of Slurm are told with what matters beside a run', () => {
  expect(stateInWords(task('PENDING', 'Priority'))).toBe('pending (Priority)');
  expect(stateInWords(task('RUNNING', null, 'node7'))).toBe('running on node7');
  expect(stateInWords(task('NODE_FAIL'))).toBe('node fail');
  expect(stateInWords(task('FAILED', 'NonZeroExitCode', 'node7'))).toBe('failed (NonZeroExitCode)');
});

it('a task is under way until Slurm has nothing to do for it any more', () => {
  for (const state of ['PENDING', 'RUNNING', 'COMPLETING', 'SUSPENDED', 'REQUEUED', 'CONFIGURING'])
    expect(isUnderWay(task(state))).toBe(true);
  for (const state of ['COMPLETED', 'CANCELLED', 'TIMEOUT', 'OUT_OF_MEMORY'])
    expect(isUnderWay(task(state))).toBe(false);
});
