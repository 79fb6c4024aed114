import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import { extensionWith, listedRun } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../../src/extension/commandLine');
const { exportRun } = await import('../../../../src/extension/runs/exportRun');
let run: ListedRun;
beforeEach(() => {
  shown.reset();
  run = listedRun();
});

/** Notes what it was called with, and answers as `sfp export` and `sfp compact` do. */
const sfp = (): string => `
  const { appendFileSync } = require('node:fs');
  const args = process.argv.slice(2);
  appendFileSync(${JSON.stringify(join(run.folder, 'calls'))}, JSON.stringify(args) + '\\n');
  const out = args[args.indexOf('--out') + 1];
  if (args[0] === 'export') console.log(JSON.stringify({ file: out, files: [out] }));
  else console.log(${JSON.stringify(JSON.stringify(plausibleRun({ epochs: 3, certificate: {} }).history.certificate))});`;

async function exported(script = sfp()): Promise<void> {
  await exportRun(run, new CommandLine(extensionWith(script)));
}

const calls = (): string[][] =>
  readFileSync(join(run.folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

test('the masked network is exported to where the user says, and revealed', async () => {
  shown.picks = ['Masked network', 'ONNX'];
  shown.click = 'Reveal';
  await exported();
  const file = join(dirname(run.folder), '..', '..', `${run.name}-masked.onnx`);
  expect(calls()).toEqual([['export', run.folder, '--what', 'masked', '--format', 'onnx', '--out', file, '--json']]);
  expect(shown.offered).toEqual([
    ['Compact network', 'Masked network'],
    ['ONNX', 'safetensors', 'TensorFlow.js'],
  ]);
  expect(shown.messages[0]).toMatchObject({
    kind: 'information',
    text: `${run.name} is exported: ${run.name}-masked.onnx.`,
  });
  await expect.poll(() => shown.executed).toEqual([{ command: 'revealFileInOS', args: [{ fsPath: file }] }]);
});

test('a file that was chosen although it is there is replaced', async () => {
  shown.picks = ['Masked network', 'TensorFlow.js'];
  shown.file = join(run.folder, 'model.json');
  writeFileSync(shown.file, '');
  await exported();
  expect(calls()[0]).toEqual(expect.arrayContaining(['tfjs', shown.file, '--force']));
});

test('a compact network that is not there is made first', async () => {
  shown.picks = ['Compact network', 'safetensors'];
  await exported();
  expect(calls().map(([command]) => command)).toEqual(['compact', 'export']);
});

test('a compact network that is there is taken', async () => {
  mkdirSync(join(run.folder, 'compact'));
  writeFileSync(join(run.folder, 'compact', 'network.json'), '{}');
  shown.picks = ['Compact network', 'safetensors'];
  await exported();
  expect(calls().map(([command]) => command)).toEqual(['export']);
});

test('whoever gives up exports nothing', async () => {
  await exported(`throw new Error('started')`);
  shown.picks = ['Masked network'];
  await exported(`throw new Error('started')`);
  shown.picks = ['Masked network', 'ONNX'];
  shown.file = null;
  await exported(`throw new Error('started')`);
  shown.isTrusted = false;
  await exported(`throw new Error('started')`);
  expect(shown.messages.map(({ kind }) => kind)).toEqual(['warning']);
});

test('what the command complains of is an error', async () => {
  shown.picks = ['Masked network', 'ONNX'];
  await expect(exported(`process.stderr.write('The file is there already.'); process.exitCode = 1`)).rejects.toThrow(
    /^The file is there already\.$/,
  );
});
