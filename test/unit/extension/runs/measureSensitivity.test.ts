import { beforeEach, expect, test, vi } from 'vitest';
import { extensionWith, listedRun } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../../src/extension/commandLine');
const { measureSensitivity } = await import('../../../../src/extension/runs/measureSensitivity');
beforeEach(() => {
  shown.reset();
});

test('layers are shown as they are measured, and notes go into the log', async () => {
  const run = listedRun();
  const logged: string[] = [];
  const lines = [
    { type: 'note', text: 'begun anew' },
    { type: 'pool', done: 1, of: 19, pool: { name: 'stem.conv' } },
    { type: 'done' },
  ];
  const script = `
    if (process.argv.slice(2).join() !== ${JSON.stringify(`sensitivity,${run.folder},--json`)}) process.exit(9);
    for (const line of ${JSON.stringify(lines)}) console.log(JSON.stringify(line));`;
  await measureSensitivity(run, new CommandLine(extensionWith(script)), { info: (text: string) => logged.push(text) });
  expect(shown.progress).toEqual([
    { title: `Measuring the sensitivity of ${run.name}`, message: '1 of 19: stem.conv' },
  ]);
  expect(logged).toEqual([`${run.name}: begun anew`]);
});

test('a run that trains is left alone, and a workspace that is not trusted starts nothing', async () => {
  const commands = new CommandLine(extensionWith(`throw new Error('started')`));
  const log = { info: () => undefined };
  await expect(measureSensitivity(listedRun('running'), commands, log)).rejects.toThrow('is still training');
  shown.isTrusted = false;
  await measureSensitivity(listedRun(), commands, log);
  expect(shown.messages).toHaveLength(1);
});
