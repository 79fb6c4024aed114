import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readyToResume } from '../../../../src/runs/control/resume';
import {
  readSlurmRecord,
  taskName,
  waitsInSlurm,
  writeSlurmRecord,
  type SlurmRecord,
} from '../../../../src/runs/folder/slurmRecord';
import { shownStatus } from '../../../../src/runs/folder/status';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { createSmallRun } from '../../../fixtures/smallRun';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const record: SlurmRecord = {
  formatVersion: 1,
  submission: '20260101T000000Z-net-abcdef',
  job: '42',
  index: 3,
  cluster: null,
  submitted: '2026-01-01T00:00:00Z',
};

/** One that nobody holds, made so long ago that nobody is just about to. */
async function oldRun(): Promise<string> {
  const folder = await createSmallRun(temporaryFolder());
  const manifest = await readManifest(folder);
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...manifest, created: '2020-01-01T00:00:00.000Z' }));
  return folder;
}

describe('the record of a run that Slurm has', () => {
  it('is read as it was written', async () => {
    const folder = temporaryFolder();
    expect(await readSlurmRecord(folder)).toBeNull();
    await writeSlurmRecord(folder, record);
    expect(await readSlurmRecord(folder)).toEqual(record);
    expect(taskName(record)).toBe('42_3');
    expect(taskName({ job: null, index: 3 })).toBe('?_3');
  });

  it.each([
    '',
    '[]',
    JSON.stringify({ ...record, formatVersion: 2 }),
    JSON.stringify({ ...record, job: '42; reboot' }),
    JSON.stringify({ ...record, submission: '../../x' }),
    JSON.stringify({ ...record, index: -1 }),
    ' '.repeat(20_000),
  ])('is none where the file says %j', async (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'slurm.json'), text);
    expect(await readSlurmRecord(folder)).toBeNull();
    expect(await waitsInSlurm(folder)).toBe(false);
  });

  it('is none where it is a link or a folder', async () => {
    const folder = temporaryFolder();
    await writeSlurmRecord(folder, record);
    const other = temporaryFolder();
    symlinkSync(join(folder, 'slurm.json'), join(other, 'slurm.json'));
    expect(await readSlurmRecord(other)).toBeNull();
    mkdirSync(join(other, 'x', 'slurm.json'), { recursive: true });
    expect(await readSlurmRecord(join(other, 'x'))).toBeNull();
  });

  it('tells a run that waits in Slurm from a lost one, until it is cancelled', async () => {
    const folder = await oldRun();
    const status = async () => shownStatus(folder, await readManifest(folder));
    expect(await status()).toBe('lost');
    await writeSlurmRecord(folder, record);
    expect(await status()).toBe('created');
    await expect(readyToResume([folder])).rejects.toThrow(/waits in Slurm as 42_3; `sfp stop` takes it back/);
    await writeSlurmRecord(folder, { ...record, cancelled: '2026-01-02T00:00:00Z' });
    expect(await status()).toBe('lost');
  });
});
