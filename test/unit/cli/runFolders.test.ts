import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../fixtures/commandLine';

const line = commandLineWithRuns();
const { sfp, runs } = line;

test('a run is found by its id, the beginning of its id, its name and its folder', async () => {
  const { id } = runs[2]!.manifest;
  for (const run of [id, id.slice(0, -3), 'net-l2', join('.sfp', 'runs', id)]) {
    const { code, stdout } = await sfp(['show', run, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ manifest: { id }, status: 'stopped' });
  }
});

test('what means no run, or several, is wrong usage', async () => {
  const nothing = await sfp(['show', 'resnet20-l9']);
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('"resnet20-l9"') as string]);
  const tooMuch = await sfp(['show', '2026']);
  expect([tooMuch.code, tooMuch.stderr]).toEqual([2, expect.stringContaining('fits 3 runs') as string]);
});

test('a copied run is found by its path; its id fits both folders, which are named', async () => {
  const { id } = runs[0]!.manifest;
  const [original, copy] = [join('.sfp', 'runs', id), join('.sfp', 'runs', 'a copy')];
  await cp(join(line.folder, original), join(line.folder, copy), { recursive: true });
  for (const command of ['show', 'stop', 'resume']) {
    const { code, stderr } = await sfp([command, id]);
    expect(code).toBe(2);
    expect(stderr).toContain(`"${id}" is in 2 folders, of which all but one are copies: `);
    expect(stderr).toMatch(
      /copy \(run\.json changed [^)]+\), .*net-l1-seed1.* \(run\.json changed [^)]+\); name the one/,
    );
  }
  for (const path of [original, copy]) expect((await sfp(['show', path])).code).toBe(0);
  const listed = JSON.parse((await sfp(['list', '--json'])).stdout) as { runs: { id: string }[] };
  expect(listed.runs.filter((run) => run.id === id)).toHaveLength(2);
});
