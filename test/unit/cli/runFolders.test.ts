import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../fixtures/commandLine';

const { sfp, runs } = commandLineWithRuns();

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
