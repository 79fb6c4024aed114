import { writeFileSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { permissionFindings } from '../../../src/diagnosis/permissions';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('permissions', () => {
  const isRoot = process.getuid?.() === 0;

  it('are good where both folders can be written, and nothing is left behind', async () => {
    const cache = temporaryFolder();
    expect(await permissionFindings({ runsFolder: join(cache, '.sfp', 'runs'), cache })).toEqual([
      { verdict: 'good', what: 'The folder of the runs is not there yet and can be made.', remedy: null },
      { verdict: 'good', what: 'The cache can be written.', remedy: null },
    ]);
    expect(await readdir(cache)).toEqual([]);
  });

  it('are a problem where a file is in the way', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'runs'), '');
    const [runs] = await permissionFindings({ runsFolder: join(folder, 'runs'), cache: folder });
    expect(runs?.verdict).toBe('problem');
    expect(runs?.what).toContain(join(folder, 'runs'));
  });

  it.skipIf(isRoot || process.platform === 'win32')('are a problem where writing is forbidden', async () => {
    const folder = temporaryFolder();
    await chmod(folder, 0o500);
    const [, cache] = await permissionFindings({ runsFolder: folder, cache: folder });
    expect(cache).toMatchObject({ verdict: 'problem', what: expect.stringContaining('SFP_LAB_CACHE') as string });
  });
});
