import { readFileSync } from 'node:fs';
import type * as vscode from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activate } from '../../src/extension';
import { call, diagnostics, done, failing, logged, openDocument, reset, shown } from '../fixtures/fakeHost';

vi.mock('vscode', () => import('../fixtures/fakeHost'));

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: { commands: { command: string }[] };
};
const commands = contributes.commands.map(({ command }) => `command ${command}`);

const subscriptions: vscode.Disposable[] = [];
function activated(): void {
  const extension = { extensionPath: '/nowhere', packageJSON: { version: '0.0.0' } };
  const context = { subscriptions, extension, extensionUri: { fsPath: '/nowhere' } };
  activate(context as unknown as vscode.ExtensionContext);
}

beforeEach(reset);
afterEach(() => {
  for (const subscription of subscriptions.splice(0)) subscription.dispose();
});

describe('activation', () => {
  it('registers all commands before it asks the editor for anything else', () => {
    activated();
    expect(done.slice(0, commands.length).toSorted()).toEqual(commands.toSorted());
    expect(done).toContain('documents');
    expect(shown).toEqual([]);
  });

  it.each([
    ['tree', 'The runs tree could not be set up: broken'],
    ['status bar', 'The status bar could not be set up: broken'],
    ['serializer sfpLab.dashboard', 'The dashboard could not be set up: broken'],
    ['view sfpLab.layers', 'The layers view could not be set up: broken'],
    ['view sfpLab.network', 'The network view could not be set up: broken'],
    ['lenses', 'The lines above configs could not be set up: broken'],
    ['diagnostics', 'The marks in configs could not be set up: broken'],
  ])('goes on where this fails, and tells of it once: %s', (part, sentence) => {
    activated();
    const usual = [...done];
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
    reset();

    failing.set(part, new Error('broken'));
    activated();
    expect(shown).toEqual([sentence]);
    expect(logged.join('\n')).toContain('Error: broken');
    // The documents are asked for by the marks alone.
    const without = part === 'diagnostics' ? ['documents'] : [];
    expect(done).toEqual(usual.filter((each) => !without.includes(each)));
  });

  it.each(['watcher', 'files'])('goes on, and lists the runs, where the editor does not watch: %s', async (part) => {
    failing.set(part, new Error('broken'));
    activated();
    await call('sfpLab.stopRun');
    expect(shown).toEqual(['No run is training.']);
    expect(logged.join('\n')).toContain('Error: broken');
  });

  it('leaves a command whose part failed to say so', async () => {
    failing.set('tree', new Error('broken\u001b[2J'));
    activated();
    await call('sfpLab.openDashboard');
    expect(shown).toEqual(Array(2).fill(String.raw`The runs tree could not be set up: broken\u001b[2J`));
  });

  it('reads whatever config is open', async () => {
    const configs = {
      empty: '{"pruning":{"layers":{"":{"rate":0.1}}}}',
      long: `{"pruning":{"layers":{"${'(a+)+'.repeat(14_000)}":{"rate":0.1}}}}`,
      deep: '['.repeat(3000),
      endless: '{"pruning":{"layers":{"(([a-z0-9.]+)+)+X":{"rate":0.1}}}}',
      many: `{${Array.from({ length: 20_000 }, (_, index) => `"key${index}":1`).join()}}`,
    };
    for (const [name, text] of Object.entries(configs)) openDocument(`/${name}.sfp.json`, text);
    activated();
    expect(shown).toEqual([]);
    const numbers = [
      ['/deep.sfp.json', 1],
      ['/empty.sfp.json', 1],
      ['/endless.sfp.json', 1],
      ['/long.sfp.json', 1],
      ['/many.sfp.json', 101],
    ];
    await expect
      .poll(() => [...diagnostics].map(([path, found]) => [path, found.length]).toSorted(), { timeout: 10_000 })
      .toEqual(numbers);
  });
});
