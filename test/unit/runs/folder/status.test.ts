import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunManifest } from '../../../../src/runs/model/format';
import { readShown } from '../../../../src/runs/folder/status';
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
  });
});
