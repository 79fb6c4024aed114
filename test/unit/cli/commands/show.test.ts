import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LayerRecord } from '../../../../src/runs/model/format';
import { heldSentence } from '../../../../src/runs/model/heldSentence';
import { maskHistory } from '../../../../src/runs/model/maskHistory';
import { commandLineWithRuns } from '../../../fixtures/commandLine';
import { heldEvent } from '../../../fixtures/runFolder';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writeRun } from '../../../fixtures/writeRun';

const line = commandLineWithRuns();
const { sfp, runs } = line;

test('a run is shown with its epochs and masks', async () => {
  const { stdout } = await sfp(['show', 'net-l1-seed1']);
  expect(stdout).toContain('soft, l1, rate 0.3');
  expect(stdout).toMatch(/\n +6 +[\d.]+ +[\d.]+ +[\d.]+ % +[\d.]+ % +[\d.]+ % +\d+ +\d+ +[\d:]+\n/);
  expect(stdout).toMatch(/stage3\.block3\.conv2 +64 +45 +\d+ +\d+ +[01]\.\d\d +(–|start|epoch \d)\n/);
  expect(stdout).toMatch(
    /Where the rest of the compact network's saving went:\n( {2}.*FLOPs\)\n){3} {2}and \d+ more, .*\n/,
  );
  expect(stdout).toMatch(/What is counted explains \d+ % of the difference/);
  expect(stdout).toMatch(/filters changed since the pruning before, \d+ of them came back|No mask has changed since/);
});

test('a run whose masks are held says which network is trained, and why; no warning in that', async () => {
  const run = plausibleRun({ name: 'net-held' });
  await writeRun(join(line.folder, '.sfp', 'runs'), run);
  const { id } = run.manifest;
  expect((await sfp(['show', id])).stdout).not.toContain('the masks are held');
  await appendFile(join(line.folder, '.sfp', 'runs', id, 'events.jsonl'), `${JSON.stringify(heldEvent)}\n`);
  expect((await sfp(['show', id])).stdout).toContain(`\n${heldSentence(heldEvent)}\n`);
  expect(JSON.parse((await sfp(['show', id, '--json'])).stdout)).toMatchObject({ held: heldEvent, warnings: [] });
});

test('the first classes of a run are shown, and every one as JSON', async () => {
  const classes = ['\u001b[2Jcat', 'собака', ...Array.from({ length: 300 }, (_, index) => `class-${index}`)];
  const run = plausibleRun({ name: 'net-classes', classes });
  await writeRun(join(line.folder, '.sfp', 'runs'), run);
  const { stdout } = await sfp(['show', 'net-classes']);
  expect(stdout).toMatch(
    /\n *classes +\\u001b\[2Jcat, собака, class-0, .*class-\d, … \(302 in all, which --json tells\)\n/,
  );
  const shown = JSON.parse((await sfp(['show', 'net-classes', '--json'])).stdout) as { classes: string[] };
  expect(shown.classes).toEqual(['\\u001b[2Jcat', ...classes.slice(1)]);
  expect((await sfp(['show', 'net-l1-seed1'])).stdout).toMatch(
    /\n *classes +airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck\n/,
  );
});

test('a run tells which operators its engine has built it of', async () => {
  expect((await sfp(['show', 'net-l1-seed1'])).stdout).toContain('Blocked operators, 16 channels at a time.\n');
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

test('a run is shown with its baselines, their accuracy and the difference, and a baseline with its run', async () => {
  const [{ manifest }] = runs as [(typeof runs)[0]];
  const of = manifest.id;
  const dense = plausibleRun({ rate: 0, epochs: 6, name: 'net-dense', baseline: { of, kind: 'dense' } });
  const narrow = plausibleRun({ name: 'net-narrow', state: 'created', baseline: { of, kind: 'narrow' } });
  for (const run of [dense, narrow]) await writeRun(join(line.folder, '.sfp', 'runs'), run);
  const { stdout } = await sfp(['show', of]);
  const [own, others] = [manifest, dense.manifest].map(({ summary }) => summary!.test!.accuracy) as [number, number];
  const points = (100 * (own - others)).toFixed(2);
  expect(stdout).toMatch(
    new RegExp(`dense +${dense.manifest.id} +${(100 * others).toFixed(2)} % +\\+?${points} points\n`),
  );
  expect(stdout).toMatch(new RegExp(`narrow from scratch +${narrow.manifest.id} +– +– +\\w+\n`));
  const shown = JSON.parse((await sfp(['show', of, '--json'])).stdout) as { baselines: object[] };
  expect(shown.baselines).toMatchObject([
    { id: dense.manifest.id, kind: 'dense', status: 'finished', test: others, points: 100 * (own - others) },
    { id: narrow.manifest.id, kind: 'narrow', test: null, points: null },
  ]);
  expect((await sfp(['show', 'net-dense'])).stdout).toContain(`dense, of ${of}`);
});

test('a finished run whose checkpoints are gone, damaged or removed says so, and what to do', async () => {
  const { id } = runs[0]!.manifest;
  const folder = join(line.folder, '.sfp', 'runs', id);
  const gone = `${id} has finished, but it has no checkpoint any more: with \`sfp resume ${id}\` it is trained again from the beginning, as none is whole.`;
  expect((await sfp(['show', id])).stdout).toContain(`${gone}\n`);
  expect(JSON.parse((await sfp(['show', id, '--json'])).stdout)).toHaveProperty('lostCheckpoints', gone);
  await mkdir(join(folder, 'checkpoints', 'epoch-0005'), { recursive: true });
  expect((await sfp(['show', id])).stdout).toMatch(/has finished, but its checkpoint epoch-0005 is damaged: with `sfp/);
  await rm(join(folder, 'checkpoints'), { recursive: true });
  const removed = `${id} has finished; it is kept without checkpoints: there is no folder of them. With \`sfp resume ${id}\` it is trained again from the beginning.`;
  expect((await sfp(['show', id])).stdout).toContain(`${removed}\n`);
  expect(JSON.parse((await sfp(['show', id, '--json'])).stdout)).toHaveProperty('lostCheckpoints', removed);
});
