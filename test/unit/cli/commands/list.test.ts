import { cp, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { fileNames } from '../../../../src/runs/model/format';
import { withAdded } from '../../../../src/scheduling/queue/queue';
import { editQueue } from '../../../../src/scheduling/queue/queueFile';
import { commandLineWithRuns } from '../../../fixtures/commandLine';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writeRun } from '../../../fixtures/writeRun';

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

test('a run without a summary is listed by its newest epoch, and one whose events cannot be read with what is wrong', async () => {
  const runs = join(line.folder, 'others');
  const lost = await writeRun(runs, plausibleRun({ epochs: 9, epochsDone: 4, state: 'lost', name: 'lost' }));
  const { after } = plausibleRun({ epochs: 9, epochsDone: 4, state: 'lost', name: 'lost' }).history.epochs.at(-1)!;
  const odd = await writeRun(runs, plausibleRun({ epochs: 9, state: 'lost', name: 'odd' }));
  await rm(join(odd, fileNames.events));
  await mkdir(join(odd, fileNames.events));
  const created = await writeRun(runs, plausibleRun({ epochs: 9, state: 'created', name: 'new' }));
  const { code, stdout } = await line.sfp(['list', '--runs', 'others']);
  expect(code).toBe(0);
  const lineOf = (folder: string) => stdout.split('\n').find((row) => row.startsWith(basename(folder)));
  expect(lineOf(lost)).toMatch(new RegExp(` 4/9 +${(100 * after!.accuracy).toFixed(2)} % `));
  expect(lineOf(odd)).toMatch(/ –\/9 .*events\.jsonl is not a file but a link, a folder/);
  expect(lineOf(created)).toMatch(/ 0\/9 /);
});

test('runs of a queue whose process has gone wait, and it is said how they go on', async () => {
  const runs = join(line.folder, 'queued');
  const waiting = await writeRun(runs, plausibleRun({ epochs: 9, state: 'created', name: 'queued' }));
  const lost = await writeRun(runs, plausibleRun({ epochs: 9, state: 'created', name: 'alone' }));
  const queue = join(line.folder, 'queue');
  await mkdir(queue);
  await editQueue(queue, (it) => withAdded(it, [{ folder: waiting, niceness: 0 }]));
  const { stdout, stderr } = await line.sfp(['list', '--runs', 'queued'], { env: { SFP_LAB_QUEUE: queue } });
  const lineOf = (folder: string) => stdout.split('\n').find((row) => row.startsWith(basename(folder)));
  expect(lineOf(waiting)).toMatch(/ waiting +0\/9 /);
  expect(lineOf(lost)).toMatch(/ lost +0\/9 /);
  expect(stderr).toContain('1 run of the queue, whose process has gone: `sfp queue continue`');
});

test('a run and a copy of it are told apart by the folder of the copy', async () => {
  const runs = join(line.folder, 'copied');
  const run = await writeRun(runs, plausibleRun({ epochs: 3, state: 'finished' }));
  await cp(run, join(runs, 'a-copy'), { recursive: true });
  const { stdout } = await line.sfp(['list', '--runs', 'copied']);
  const lines = stdout.split('\n').filter((row) => row.startsWith(basename(run)));
  expect(lines.filter((row) => row.endsWith('in the folder a-copy'))).toHaveLength(1);
  expect(lines).toHaveLength(2);
});
