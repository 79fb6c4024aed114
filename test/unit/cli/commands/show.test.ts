import { expect, test } from 'vitest';
import type { LayerRecord } from '../../../../src/runs/model/format';
import { maskHistory } from '../../../../src/runs/model/maskHistory';
import { commandLineWithRuns } from '../../../fixtures/commandLine';

const { sfp, runs } = commandLineWithRuns();

test('a run is shown with its epochs and masks', async () => {
  const { stdout } = await sfp(['show', 'net-l1-seed1']);
  expect(stdout).toContain('soft, l1, rate 0.3');
  expect(stdout).toMatch(/\n +6 +[\d.]+ +[\d.]+ +[\d.]+ % +[\d.]+ % +[\d.]+ % +\d+ +\d+ +[\d:]+\n/);
  expect(stdout).toMatch(/stage3\.block3\.conv2 +64 +45 +\d+ +\d+ +[01]\.\d\d +(–|start|epoch \d)\n/);
  expect(stdout).toMatch(/filters changed since the pruning before, \d+ of them came back|No mask has changed since/);
});

test('a run is shown as JSON with scores and masks of every pruning', async () => {
  const { prunings } = runs[0]!.history;
  const { stdout } = await sfp(['show', 'net-l1-seed1', '--json']);
  const shown = JSON.parse(stdout) as { prunings: object[] };
  expect(shown.prunings).toHaveLength(prunings.length);
  const { event, record } = prunings[2]!;
  const [{ name, scores, mask }] = record!.layers as [LayerRecord];
  expect(shown.prunings[2]).toMatchObject({ event, record: { epoch: 1 } });
  expect(shown.prunings[2]).toHaveProperty('record.layers.0', { name, scores: [...scores], mask: [...mask] });
  expect(shown).not.toHaveProperty('recordsAhead');
  expect(shown).toHaveProperty('maskHistory', maskHistory(prunings));
});
