import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { beforeEach, expect, test, vi } from 'vitest';
import { readExperimentIn } from '../../../../src/experiment/read';
import { narrowCifarNet } from '../../../fixtures/compactNetwork';
import { extensionWith } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { writeOnnx } from '../../../fixtures/networkFiles';
import { pictureBytes, writePictures } from '../../../fixtures/pictures';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../../src/extension/commandLine');
const { pruneNetwork } = await import('../../../../src/extension/networks/pruneNetwork');

let folder: string;
let config: string;
beforeEach(() => {
  shown.reset();
  folder = temporaryFolder();
  config = join(folder, 'net.sfp.json');
});

const trainable = {
  layers: [
    { name: 'images', kind: 'input', shape: [3, 32, 32] },
    { name: 'conv', kind: 'conv', shape: [8, 32, 32] },
    { name: 'bn', kind: 'batchNorm', shape: [8, 32, 32] },
    { name: 'fc', kind: 'linear', shape: [10, 1, 1] },
  ],
  parameters: 12_345,
  problems: [],
};

function prune(found: object, file = join(folder, 'net.onnx'), code = 0): Promise<void> {
  const args = JSON.stringify(`import,${file},--size,224,--json`);
  const script = `
    if (process.argv.slice(2).join() !== ${args}) process.exit(9);
    console.log(${JSON.stringify(JSON.stringify(found))});
    process.exitCode = ${code};`;
  return pruneNetwork({ fsPath: file } as unknown as vscode.Uri, new CommandLine(extensionWith(script)));
}

test('a network gets a commented config beside it that can be started as it is, and it is opened', async () => {
  const file = await writeOnnx(folder, narrowCifarNet);
  await prune(trainable, file);
  const text = readFileSync(config, 'utf8');
  expect([...shown.editors]).toEqual([[config, text]]);
  const { experiment, problems, hints } = await readExperimentIn(folder, text, 'net');
  expect([problems, hints]).toEqual([[], []]);
  const { model, data, training, pruning } = experiment!.runs[0].config;
  expect([model.onnx, data.dataset, training.epochs]).toEqual(['./net.onnx', 'cifar10', 40]);
  expect(pruning).toMatchObject({ rate: 0.3, settleEpochs: 14, groups: 'coupled', batchNorm: 'zero' });
  for (const setting of ['epochs', 'batchSize', 'learningRateSchedule', 'rate', 'settleEpochs', 'groups', 'batchNorm'])
    expect(text).toMatch(new RegExp(`// \\S.*\\n +"${setting}": `));
});

test('a network without batch norms is pruned gently', async () => {
  await prune({ ...trainable, layers: trainable.layers.filter(({ kind }) => kind !== 'batchNorm') });
  expect(readFileSync(config, 'utf8')).toContain('"rate": 0.1,');
});

test('a config that is there is replaced only when the user says so', async () => {
  writeFileSync(config, 'mine');
  await prune(trainable);
  expect(shown.messages).toEqual([
    expect.objectContaining({ kind: 'warning', text: 'net.sfp.json is there already.' }),
  ]);
  expect([readFileSync(config, 'utf8'), shown.editors.size]).toEqual(['mine', 0]);
  shown.click = 'Open it';
  await prune(trainable);
  expect([...shown.editors]).toEqual([[config, 'mine']]);
  shown.click = 'Replace it';
  await prune(trainable);
  expect(readFileSync(config, 'utf8')).toContain('"./net.onnx"');
});

test('what comes into being while the network is read is not replaced', async () => {
  const script = `
    require('node:fs').writeFileSync(${JSON.stringify(config)}, 'theirs');
    console.log(${JSON.stringify(JSON.stringify(trainable))});`;
  const uri = { fsPath: join(folder, 'net.onnx') } as unknown as vscode.Uri;
  await expect(pruneNetwork(uri, new CommandLine(extensionWith(script)))).rejects.toThrow();
  expect(readFileSync(config, 'utf8')).toBe('theirs');
});

test.skipIf(process.platform === 'win32')('a link in the place of the config is not followed', async () => {
  const elsewhere = join(temporaryFolder(), 'elsewhere');
  symlinkSync(elsewhere, config);
  shown.click = 'Replace it';
  await expect(prune(trainable)).rejects.toThrow('is not a file but a link');
  expect(existsSync(elsewhere)).toBe(false);
});

test('a network that cannot be trained is told with its reason, and nothing is written', async () => {
  const problems = [{ node: 'lstm', operator: 'LSTM', reason: 'Recurrent layers cannot be trained.' }];
  await expect(prune({ layers: [], parameters: null, problems }, undefined, 1)).rejects.toThrow(
    'net.onnx cannot be trained: LSTM "lstm": Recurrent layers cannot be trained.',
  );
  await expect(prune({}, undefined, 1)).rejects.toThrow('ended without a word');
  await expect(prune({ surprising: true })).rejects.toThrow('told nothing about it');
  expect(existsSync(config)).toBe(false);
});

test('in a workspace that is not trusted nothing is read', async () => {
  shown.isTrusted = false;
  await prune(trainable);
  expect(existsSync(config)).toBe(false);
});

test('images that are beside the network already are counted, and the recipe goes by them', async () => {
  const picture = await pictureBytes(8, 8, 100, 'png');
  const names = ['train', 'test'].flatMap((part) =>
    Array.from({ length: 40 }, (_, index) => `${part}/${index % 2 === 0 ? 'cat' : 'dog'}/${index}.png`),
  );
  writePictures(Object.fromEntries(names.map((name) => [name, picture])), join(folder, 'images'));
  const [images, ...others] = trainable.layers;
  const layers = [
    { ...images!, shape: [3, 64, 64] },
    ...others.map((layer) => (layer.kind === 'linear' ? { ...layer, shape: [2, 1, 1] } : layer)),
  ];
  await prune({ ...trainable, layers });
  const text = readFileSync(config, 'utf8');
  expect(text).not.toContain('Nobody has counted');
  expect(text).toContain('passes over 40 images');
  expect(text).toContain('They are there: 2 classes; 40 training');
});
