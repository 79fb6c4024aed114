import { describe, expect, it } from 'vitest';
import { runStates, type SubmittedRun } from '../../../../src/scheduling/slurm/runStates';
import { slurmPrograms } from '../../../fixtures/slurmPrograms';

const squeue = '[ "$1" = --version ] && echo "slurm 22.05.8" || echo "42|0|RUNNING|net-1|node7|None"';

function submitted(index: number, status: SubmittedRun['status']): SubmittedRun {
  const submission = { submission: 'net-1', job: '42', cluster: null, submitted: '2026-01-01T00:00:00Z' };
  return { folder: `run-${index}`, status, record: { formatVersion: 1, index, ...submission } };
}

describe('what Slurm says of runs', () => {
  const [trains, failed] = [submitted(0, 'running'), submitted(1, 'failed')];

  it('comes from its queue, and from its accounts for what has left the queue', async () => {
    slurmPrograms({
      squeue,
      sacct: 'echo "42_0|RUNNING|net-1|node7|None"; echo "42_1|OUT_OF_MEMORY|net-1|node8|None"',
    });
    const { states, problem } = await runStates([trains, failed]);
    expect(problem).toBeNull();
    expect([...states.values()].map((state) => [state?.state, state?.nodes])).toEqual([
      ['RUNNING', 'node7'],
      ['OUT_OF_MEMORY', 'node8'],
    ]);
  });

  it('is the queue alone where no accounts are kept', async () => {
    slurmPrograms({ squeue, sacct: 'echo "Slurm accounting storage is disabled" >&2; exit 1' });
    const { states, problem } = await runStates([trains, failed]);
    expect(problem).toBeNull();
    expect([states.get('run-0')?.state, states.get('run-1')]).toEqual(['RUNNING', null]);
  });

  // As Slurm 22.05 complains when slurmdbd is down.
  it('is the queue, and why there is no more, where the accounts do not answer', async () => {
    slurmPrograms({
      squeue,
      sacct: 'echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1',
    });
    const { states, problem } = await runStates([trains, failed]);
    expect(problem).toMatch(/does not answer \(sacct: .*Connection refused/);
    expect([states.get('run-0')?.state, states.get('run-1')]).toEqual(['RUNNING', null]);
  });

  it('is asked of accounts that do not answer once, and of the queue for every array', async () => {
    const other = submitted(1, 'failed');
    const another = { ...other, folder: 'other', record: { ...other.record, submission: 'net-2', job: '43' } };
    const { calls } = slurmPrograms({ squeue, sacct: 'echo "Connection refused" >&2; exit 1' });
    expect((await runStates([failed, another])).problem).toMatch(/does not answer/);
    const asked = calls().filter((call) => !call.includes('--version'));
    expect(asked.map(([program]) => program)).toEqual(['squeue', 'sacct', 'squeue']);
  });

  it('is asked of no array whose runs are all finished', async () => {
    const { calls } = slurmPrograms({});
    expect(await runStates([submitted(0, 'finished')])).toEqual({ states: new Map(), problem: null });
    expect(calls()).toEqual([]);
  });
});
