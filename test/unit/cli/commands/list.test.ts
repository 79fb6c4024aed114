import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../../fixtures/commandLine';

const line = commandLineWithRuns();

test('runs are listed from anywhere in the project, damaged ones too', async () => {
  const deep = join(line.folder, 'deep', 'down');
  await mkdir(deep, { recursive: true });
  await mkdir(join(line.folder, '.sfp', 'runs', '20200101T000000Z-broken-000000'));
  const { code, stdout } = await line.sfp(['list'], { cwd: deep });
  expect(code).toBe(0);
  for (const { manifest } of line.runs) expect(stdout).toContain(manifest.id);
  expect(stdout).toMatch(/broken-000000 +damaged/);
  const { runs: listed } = JSON.parse((await line.sfp(['list', '--json'])).stdout) as { runs: { id: string }[] };
  expect(listed).toHaveLength(4);
});
