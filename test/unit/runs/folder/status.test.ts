import { spawn } from 'node:child_process';
import { lutimes, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../../../src/base/processes';
import { isTrainerAlive, readShown, shownStatus } from '../../../../src/runs/folder/status';
import { RunLock } from '../../../../src/runs/lock/runLock';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { fileNames, type RunManifest } from '../../../../src/runs/model/format';
import { freePid } from '../../../fixtures/freePid';
import { newRunFolder, warning } from '../../../fixtures/runFolder';
import { createSmallRun } from '../../../fixtures/smallRun';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

/** Says at its start that it runs and, when its input ends, that it has failed; then it is gone. */
const trainer = `
  const { readFileSync, renameSync, writeFileSync } = require('node:fs');
  const file = process.argv[1];
  const say = (patch) => {
    writeFileSync(file + '.new', JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...patch }));
    renameSync(file + '.new', file);
  };
  say({ status: 'running', process: { pid: process.pid, host: ${JSON.stringify(hostname())} } });
  process.stdout.write('running');
  process.stdin.resume().on('end', () => { say({ status: 'failed', error: 'An error.' }); process.exit(1); });
`;

describe('the status that is shown', () => {
  it('is never lost where a trainer has said how it ended, however the looks at it fall', async () => {
    for (let round = 0; round < 12; round++) {
      const folder = await createSmallRun(temporaryFolder());
      const child = spawn(process.execPath, ['-e', trainer, join(folder, 'run.json')], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.stdin.end();
      const seen = new Set<string>();
      while (!seen.has('failed')) seen.add((await readShown(folder)).status);
      expect([...seen]).not.toContain('lost');
    }
  });

  it('is lost where the trainer has gone without a word', async () => {
    const folder = await createSmallRun(temporaryFolder());
    const file = join(folder, 'run.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as RunManifest;
    // No process has this id: it is above what systems give away.
    const gone = { ...manifest, status: 'running', process: { pid: 2 ** 30, host: hostname() } };
    await writeFile(file, JSON.stringify(gone));
    expect((await readShown(folder)).status).toBe('lost');
    // Once more is read what the process may have written since, and what is the same is not looked at again.
    let reads = 0;
    const same = gone as RunManifest;
    const shown = await readShown(folder, () => Promise.resolve(++reads === 1 ? same : { ...same, status: 'failed' }));
    expect([shown.status, reads]).toEqual(['failed', 2]);
    expect(await readShown(folder, () => Promise.resolve(same))).toEqual({ manifest: same, status: 'lost' });
  });
});

const hour = 3600_000;

async function runWith(patch: Partial<RunManifest>): Promise<{ folder: string; manifest: RunManifest }> {
  const folder = await newRunFolder();
  const writer = await RunWriter.open(folder);
  await writer.update(patch);
  return { folder, manifest: writer.manifest };
}

async function age(folder: string, milliseconds: number): Promise<void> {
  const then = new Date(Date.now() - milliseconds);
  await utimes(join(folder, fileNames.run), then, then);
}

describe('whether a run is lost', () => {
  it('is not asked of one that has ended', async () => {
    for (const status of ['finished', 'stopped', 'failed'] as const) {
      const { folder, manifest } = await runWith({ status });
      expect(await shownStatus(folder, manifest)).toBe(status);
    }
  });

  it('is decided by its process on this machine', async () => {
    const alive = await runWith({ status: 'running', process: await thisProcess() });
    expect(await shownStatus(alive.folder, alive.manifest)).toBe('running');
    const dead = await runWith({ status: 'running', process: { pid: await freePid(), host: hostname() } });
    expect(await shownStatus(dead.folder, dead.manifest)).toBe('lost');
  });

  it.skipIf(process.platform === 'win32')('is not decided by files that links of its folder lead to', async () => {
    const elsewhere = { pid: 7, host: 'node7' };
    const { folder, manifest } = await runWith({ status: 'running', process: elsewhere });
    const outside = join(temporaryFolder(), 'written all the time');
    await writeFile(outside, '');
    const then = new Date(Date.now() - hour);
    await symlink(outside, join(folder, fileNames.log));
    await lutimes(join(folder, fileNames.log), then, then);
    for (const name of [fileNames.run, fileNames.events])
      await utimes(join(folder, name), then, then).catch(() => undefined);
    expect(await shownStatus(folder, manifest)).toBe('lost');
  });

  it.runIf(process.platform === 'linux' || process.platform === 'darwin')(
    'is not mistaken when another process has its pid now',
    async () => {
      const me = await thisProcess();
      expect(me.started).toBeDefined();
      const { folder, manifest } = await runWith({ status: 'running', process: { ...me, started: 'another time' } });
      expect(await shownStatus(folder, manifest)).toBe('lost');
    },
  );

  it('is decided by silence where the process can’t be looked up', async () => {
    for (const trainer of [
      { pid: 7, host: 'another machine' },
      { pid: process.pid, host: hostname() },
    ]) {
      const { folder, manifest } = await runWith({ status: 'running', process: trainer });
      expect(await shownStatus(folder, manifest)).toBe('running');
      await age(folder, hour);
      expect(await shownStatus(folder, manifest)).toBe('lost');
      const writer = await RunWriter.open(folder);
      await writer.event(warning('a sign of life'));
      expect(await shownStatus(folder, manifest)).toBe('running');
    }
  });

  it('does not mistake one that waits for its turn', async () => {
    const { folder, manifest } = await runWith({ process: await thisProcess() });
    await age(folder, hour);
    expect(await shownStatus(folder, manifest)).toBe('created');
    const left = await runWith({ process: { pid: await freePid(), host: hostname() } });
    expect(await shownStatus(left.folder, left.manifest)).toBe('lost');
  });

  it('gives a new one time to say hello', async () => {
    const { folder, manifest } = await runWith({});
    expect(await shownStatus(folder, manifest)).toBe('created');
    expect(await isTrainerAlive(folder, manifest)).toBe(false);
    for (const created of [Date.now() - hour, Date.now() + hour]) {
      const other = { ...manifest, created: new Date(created).toISOString() };
      expect(await shownStatus(folder, other)).toBe('lost');
    }
  });

  it('is decided by its lock, where it has ever had one', async () => {
    const { folder, manifest } = await runWith({ status: 'running', process: { pid: 7, host: 'another machine' } });
    const lock = await RunLock.take(folder);
    await age(folder, hour);
    expect(await shownStatus(folder, manifest)).toBe('running');
    await lock.release();
    await age(folder, 0);
    expect(await shownStatus(folder, manifest)).toBe('lost');
  });
});
