import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import { extensionWith, listedRun } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../../src/extension/commandLine');
const { reportRuns } = await import('../../../../src/extension/runs/reportRuns');
let runs: [ListedRun, ListedRun];
beforeEach(() => {
  shown.reset();
  runs = [listedRun(), listedRun()];
});

/** Notes what it was called with, and answers as `sfp report` does. */
const sfp = (): string => `
  const args = process.argv.slice(2);
  require('node:fs').writeFileSync(${JSON.stringify(join(runs[0].folder, 'call'))}, JSON.stringify(args));
  console.log(JSON.stringify({ file: args[args.indexOf('--out') + 1], runs: [], bytes: 1 }));`;

async function reported(script = sfp()): Promise<void> {
  await reportRuns(runs, new CommandLine(extensionWith(script)));
}

const call = (): string[] => JSON.parse(readFileSync(join(runs[0].folder, 'call'), 'utf8')) as string[];

test('a report is written beside the configs, named after the experiment, and opened in the browser', async () => {
  shown.click = 'Open';
  await reported();
  const file = join(dirname(runs[0].folder), '..', '..', `${runs[0].experiment}-report.html`);
  expect(call()).toEqual(['report', runs[0].folder, runs[1].folder, '--out', file, '--json']);
  expect(shown.messages[0]).toMatchObject({
    kind: 'information',
    text: `The report of 2 runs is written: ${runs[0].experiment}-report.html.`,
    buttons: ['Open', 'Reveal'],
  });
  await expect.poll(() => shown.opened).toEqual([file]);
});

test('a name from a run folder makes no other folder of the proposed file', async () => {
  runs = [
    { ...runs[0], experiment: '../../<b>' },
    { ...runs[1], experiment: '../../<b>' },
  ];
  await reported();
  expect(call().at(-2)).toBe(join(dirname(runs[0].folder), '..', '..', '..-..-b--report.html'));
});

test('a file that was chosen although it is there is replaced, and revealed', async () => {
  shown.file = join(runs[0].folder, 'mine.html');
  writeFileSync(shown.file, '');
  shown.click = 'Reveal';
  await reported();
  expect(call()).toEqual(expect.arrayContaining([shown.file, '--force']));
  await expect.poll(() => shown.executed).toEqual([{ command: 'revealFileInOS', args: [{ fsPath: shown.file }] }]);
});

test('whoever gives up, or does not trust the workspace, starts nothing; a complaint is an error', async () => {
  shown.file = null;
  await reported(`throw new Error('started')`);
  shown.reset();
  shown.isTrusted = false;
  await reported(`throw new Error('started')`);
  shown.isTrusted = true;
  await expect(reported(`process.stderr.write('The disk is full.'); process.exitCode = 1`)).rejects.toThrow(
    /^The disk is full\.$/,
  );
});
