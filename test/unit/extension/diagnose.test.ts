import { beforeEach, expect, test, vi } from 'vitest';
import { extensionWith } from '../../fixtures/fakeExtension';
import { FakeVsCode } from '../../fixtures/fakeVsCode';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../src/extension/commandLine');
const { diagnose } = await import('../../../src/extension/diagnose');

beforeEach(() => {
  shown.reset();
});

const answering = (report: object, code: number) =>
  new CommandLine(
    extensionWith(`
      if (process.argv.slice(2).join(' ') !== 'doctor --json') process.exit(2);
      console.log(${JSON.stringify(JSON.stringify(report))});
      process.exitCode = ${code};`),
  );

test('the diagnosis opens as a text, which is copied on demand', async () => {
  shown.click = 'Copy';
  await diagnose(answering({ canTrain: true, summary: 'All is well.', text: 'node ok\n' }, 0));
  const content = 'Fake Code 1.100.0\nnode ok\n';
  expect(shown.documents).toEqual([content]);
  expect(shown.messages).toEqual([{ kind: 'information', text: 'All is well.', buttons: ['Copy'] }]);
  expect(shown.clipboard).toBe(content);
});

test('a diagnosis that finds a problem ends with an error, and is shown all the same', async () => {
  await diagnose(answering({ canTrain: false, summary: '1 thing is wrong.', text: 'disk PROBLEM\n' }, 1));
  expect(shown.documents).toHaveLength(1);
  expect(shown.messages).toMatchObject([{ kind: 'warning', text: '1 thing is wrong.' }]);
  expect(shown.clipboard).toBe('');
});

test('one that could not be made says why', async () => {
  await expect(diagnose(answering({ unknown: true }, 3))).rejects.toThrow('sfp doctor ended without a word (code 3).');
  expect(shown.documents).toEqual([]);
});

test('nothing is started in a workspace that is not trusted', async () => {
  shown.isTrusted = false;
  await diagnose(answering({ canTrain: true, summary: '', text: '' }, 0));
  expect(shown.documents).toEqual([]);
  expect(shown.messages).toMatchObject([
    { kind: 'warning', text: expect.stringContaining('trusted workspace') as string },
  ]);
});
