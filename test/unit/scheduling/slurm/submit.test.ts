import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSlurmRecord } from '../../../../src/runs/folder/slurmRecord';
import { readShown } from '../../../../src/runs/folder/status';
import { defaultProfile } from '../../../../src/scheduling/slurm/profile';
import { planSubmission, submit, type Plan } from '../../../../src/scheduling/slurm/submit';
import { createSmallRun } from '../../../fixtures/smallRun';
import { slurmPrograms } from '../../../fixtures/slurmPrograms';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

async function prepared(): Promise<{ plan: Plan; runsFolder: string; created: string[] }> {
  const runsFolder = temporaryFolder();
  const created = [await createSmallRun(runsFolder, {}, 'a'), await createSmallRun(runsFolder, {}, 'b')];
  const plan = planSubmission({
    experiment: 'net',
    runsFolder,
    profile: defaultProfile,
    tasks: 2,
    node: 'node',
    program: 'cli.js',
  });
  return { plan, runsFolder, created };
}

describe('submit', () => {
  it('gives the script to sbatch, and each run its task, so that it is shown as waiting', async () => {
    const { plan, created } = await prepared();
    const { calls } = slurmPrograms({ sbatch: 'echo "42;west"' });
    expect(await submit(plan, { created, resumed: [] })).toEqual({ job: '42', cluster: 'west' });
    expect(calls()).toEqual([['sbatch', ...plan.args]]);
    for (const [index, folder] of created.entries()) {
      expect(await readSlurmRecord(folder)).toMatchObject({ job: '42', index, cluster: 'west', submission: plan.id });
      expect((await readShown(folder)).status).toBe('created');
    }
    expect(readdirSync(plan.folder).sort()).toEqual(['job.sh', 'output', 'runs.json']);
  });

  it('removes what was made for it where Slurm refuses the job, and leaves other runs as they were', async () => {
    const { plan, created, runsFolder } = await prepared();
    slurmPrograms({ sbatch: 'echo "sbatch: error: Batch job submission failed: Invalid account" >&2; exit 1' });
    const [fresh, resumed] = created as [string, string];
    await expect(submit(plan, { created: [fresh], resumed: [resumed] })).rejects.toThrow(
      /^Slurm refused the job: .*Invalid account Nothing was submitted, and what was made for its 2 runs is removed\.$/,
    );
    expect(existsSync(fresh)).toBe(false);
    expect(await readSlurmRecord(resumed)).toBeNull();
    expect(readdirSync(join(runsFolder, '.slurm'))).toEqual([]);
  });

  it('does the same where there is no sbatch', async () => {
    const { plan, created } = await prepared();
    slurmPrograms({});
    process.env.PATH = temporaryFolder();
    await expect(submit(plan, { created, resumed: [] })).rejects.toThrow(
      /command sbatch cannot be started on this machine/,
    );
    expect(created.map(existsSync)).toEqual([false, false]);
  });

  it('finds a job by its name that Slurm has taken without saying so', async () => {
    const { plan, created } = await prepared();
    slurmPrograms({
      sbatch: 'echo "sbatch: error: Socket timed out on send/recv operation" >&2; exit 1',
      squeue: 'echo 43; echo 43',
    });
    expect(await submit(plan, { created, resumed: [] })).toEqual({ job: '43', cluster: null });
    expect(await readSlurmRecord(created[1]!)).toMatchObject({ job: '43', index: 1 });
  });

  it('keeps the runs marked where nobody knows whether the job was taken', async () => {
    const { plan, created } = await prepared();
    const silent = 'echo "error: Unable to contact slurm controller (connect failure)" >&2; exit 1';
    slurmPrograms({ sbatch: silent, squeue: silent });
    await expect(submit(plan, { created, resumed: [] })).rejects.toThrow(/Whether it has taken the job is not known/);
    expect(await readSlurmRecord(created[0]!)).toMatchObject({ job: null, index: 0 });
    expect((await readShown(created[0]!)).status).toBe('created');
  });
});
