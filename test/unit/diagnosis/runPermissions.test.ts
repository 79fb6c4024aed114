import { symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPermissionFindings } from '../../../src/diagnosis/runPermissions';
import { newRunFolder } from '../../fixtures/runFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const user = process.getuid?.();
const isWritable = (): Promise<boolean> => Promise.resolve(true);

async function runs(count: number): Promise<{ runsFolder: string; ids: string[] }> {
  const runsFolder = temporaryFolder();
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push(basename(await newRunFolder({ name: `run${at}` }, runsFolder)));
  return { runsFolder, ids: ids.sort().reverse() };
}

describe('permissions of run folders', () => {
  it('are nothing to tell of where there is no run, and good where all is one’s own', async () => {
    expect(await runPermissionFindings(join(temporaryFolder(), 'none'))).toEqual([]);
    const { runsFolder } = await runs(2);
    expect(await runPermissionFindings(runsFolder)).toEqual([
      { verdict: 'good', what: 'All run folders can be written, and are yours.', remedy: null },
    ]);
  });

  it('that keep somebody from writing are told with their runs', async () => {
    const { runsFolder, ids } = await runs(7);
    const closed = { user, isWritable: (folder: string) => Promise.resolve(basename(folder) === ids[0]) };
    const [finding, ...others] = await runPermissionFindings(runsFolder, closed);
    expect(others).toEqual([]);
    expect(finding?.verdict).toBe('remark');
    expect(finding?.what).toBe(
      `The folders of 6 runs cannot be written, so that they can only be looked at: ${ids.slice(1, 6).join(', ')} and 1 more.`,
    );
    expect(finding?.remedy).toContain('chmod -R u+rwX');
  });

  it.skipIf(user === undefined)('of another user are told, except of links, which lead anywhere', async () => {
    const { runsFolder, ids } = await runs(1);
    await symlink('/', join(runsFolder, '20260101T000000Z-link-aaaaaa'));
    const findings = await runPermissionFindings(runsFolder, { user: user! + 1, isWritable });
    expect(findings).toMatchObject([
      { verdict: 'remark', what: `The folder of a run belongs to another user: ${ids[0]}.` },
    ]);
    expect(findings[0]?.remedy).toContain('sudo chown -R');
  });
});
