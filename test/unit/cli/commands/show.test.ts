import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../../fixtures/commandLine';

const { sfp } = commandLineWithRuns();

test('a run is shown with its epochs and masks', async () => {
  const { stdout } = await sfp(['show', 'net-l1-seed1']);
  expect(stdout).toContain('soft, l1, rate 0.3');
  expect(stdout).toMatch(/\n +6 +[\d.]+ +[\d.]+ +[\d.]+ % +[\d.]+ % +[\d.]+ % +\d+ +\d+ +[\d:]+\n/);
  expect(stdout).toMatch(/stage3\.block3\.conv2 +64 +45 +\d+/);
});
