import { join } from 'node:path';
import type * as vscode from 'vscode';
import { beforeEach, expect, it, vi } from 'vitest';
import { ConfigCompletion } from '../../../../src/extension/config/completion';
import { narrowCifarNet } from '../../../fixtures/compactNetwork';
import { writeOnnx } from '../../../fixtures/networkFiles';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakeHost'));

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

interface Item {
  readonly label: { readonly label: string; readonly description: string };
  readonly insertText: string | { readonly value: string };
  readonly filterText: string;
  readonly range: { readonly parts: readonly number[] };
}

/** What is offered at `|` in a config. */
async function offered(marked: string): Promise<Item[]> {
  const offset = marked.indexOf('|');
  const document = {
    uri: { fsPath: join(folder, 'net.sfp.json') },
    getText: () => marked.replace('|', ''),
    offsetAt: () => offset,
    positionAt: (at: number) => at,
  } as unknown as vscode.TextDocument;
  return (await new ConfigCompletion().provideCompletionItems(
    document,
    offset as unknown as vscode.Position,
  )) as unknown as Item[];
}

const labels = (items: readonly Item[]) => items.map(({ label }) => label.label);

it('layers of the network that can be pruned are offered, and patterns for several of them, with a rate', async () => {
  const items = await offered('{ "pruning": { "layers": { "|" } } }');
  expect(labels(items)).toEqual(expect.arrayContaining(['stage3.*', 'stage3.block1.conv2']));
  expect(labels(items)).not.toContain('fc');
  expect(items.find(({ label }) => label.label === 'stage3.*')).toMatchObject({
    label: { description: '6 layers' },
    filterText: '"stage3.*"',
    insertText: { value: '"stage3.*": { "rate": ${1:0.3} }' },
    range: { parts: [27, 29] },
  });
});

it('a name that has a setting is replaced alone, and what is there besides is not offered again', async () => {
  const items = await offered('{ "pruning": { "layers": { "conv1": { "rate": 0 }, "st|": { "rate": 0.2 } } } }');
  expect(labels(items)).not.toContain('conv1');
  expect(items.map(({ insertText }) => insertText)).toContain('"stage1.*"');
});

it('a network in a file has the names that it has there', async () => {
  await writeOnnx(folder, narrowCifarNet);
  const items = await offered('{ "model": { "onnx": "./net.onnx" }, "pruning": { "layers": { "|');
  expect(labels(items)).toEqual(narrowCifarNet.layers.flatMap(({ kind, name }) => (kind === 'conv' ? [name] : [])));
});

it('layers of all networks of a sweep are offered, each once', async () => {
  const items = await offered(
    '{ "sweep": { "model.arch": ["resnet20", "vgg16"], "pruning.rate": [0.1, 0.2] }, "pruning": { "layers": { | } } }',
  );
  const names = labels(items);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['stage1.*', 'features.*']));
});

it('elsewhere, and while the config has problems, nothing is offered', async () => {
  expect(await offered('{ "|" }')).toEqual([]);
  expect(await offered('{ "model": { "arch": "nothing" }, "pruning": { "layers": { "|" } } }')).toEqual([]);
});
