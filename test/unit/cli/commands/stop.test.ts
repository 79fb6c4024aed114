import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../../fixtures/commandLine';

const { sfp } = commandLineWithRuns();

test('a run that has ended cannot be stopped', async () => {
  const { code, stderr } = await sfp(['stop', 'net-l1-seed1']);
  expect(code).toBe(1);
  expect(stderr).toContain('has ended already');
});
