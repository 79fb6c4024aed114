import { describe, expect, it } from 'vitest';
import { isStopRequested } from '../../../../src/runs/control/stopRequest';
import { readSlurmRecord, writeSlurmRecord } from '../../../../src/runs/folder/slurmRecord';
import { readShown } from '../../../../src/runs/folder/status';
import { stopSubmitted } from '../../../../src/scheduling/slurm/stopSubmitted';
import { createSmallRun } from '../../../fixtures/smallRun';
import { slurmPrograms } from '../../../fixtures/slurmPrograms';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const record = {
  formatVersion: 1,
  submission: 'net-1',
  job: '42',
  index: 3,
  cluster: null,
  submitted: '2026-01-01T00:00:00Z',
} as const;
const squeue = (line: string) => `[ "$1" = --version ] && echo "slurm 22.05.8" || echo "${line}"`;

async function waitingRun(): Promise<string> {
  const folder = await createSmallRun(temporaryFolder());
  await writeSlurmRecord(folder, record);
  return folder;
}

describe('stopSubmitted', () => {
  it('takes a run that waits out of the queue, and nothing else', async () => {
    const folder = await waitingRun();
    const { calls } = slurmPrograms({ squeue: squeue('42|3|PENDING|net-1||Priority'), scancel: '' });
    expect(await stopSubmitted(folder, { graceSeconds: 0 })).toBe('cancelled');
    expect(calls().filter(([program]) => program === 'scancel')).toEqual([['scancel', '42_3']]);
    expect((await readShown(folder)).status).toBe('stopped');
    expect((await readSlurmRecord(folder))?.cancelled).toBeDefined();
  });

  it('cancels no job of another name, though a run folder says that it is its own', async () => {
    const folder = await waitingRun();
    const { calls } = slurmPrograms({
      squeue: squeue('42|3|PENDING|precious||Priority'),
      scancel: '',
      sacct: 'exit 1',
    });
    expect(await stopSubmitted(folder, { graceSeconds: 0 })).toBe('cancelled');
    expect(calls().map(([program]) => program)).not.toContain('scancel');
    expect((await readShown(folder)).status).toBe('stopped');
  });

  it('has asked the run to stop where Slurm does not answer, and says so', async () => {
    const folder = await waitingRun();
    slurmPrograms({ squeue: 'echo "error: Unable to contact slurm controller" >&2; exit 1' });
    await expect(stopSubmitted(folder, { graceSeconds: 0 })).rejects.toThrow(
      /does not answer.*was asked to stop all the same/,
    );
    expect(await isStopRequested(folder)).toBe(true);
    expect((await readShown(folder)).status).toBe('created');
  });

  it('is the usual stop for a run that was never handed to Slurm', async () => {
    const folder = await createSmallRun(temporaryFolder());
    const { calls } = slurmPrograms({});
    expect(await stopSubmitted(folder, { graceSeconds: 0 })).toBe('asked');
    expect(calls()).toEqual([]);
  });
});
