import type * as vscode from 'vscode';
import { beforeEach, expect, it, vi } from 'vitest';
import { ConfigLenses } from '../../../../src/extension/config/lenses';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakeHost'));
// No times of layers are kept there.
beforeEach(() => {
  vi.stubEnv('SFP_LAB_CACHE', temporaryFolder());
});

/** Titles of the lenses above a config. */
async function titlesAbove(config: object, isCancellationRequested = false): Promise<string[]> {
  const document = { uri: { fsPath: '/net.sfp.json' }, version: 1, getText: () => JSON.stringify(config) };
  const token = { isCancellationRequested } as vscode.CancellationToken;
  const lenses = await new ConfigLenses().provideCodeLenses(document as unknown as vscode.TextDocument, token);
  return lenses.map((lens) => (lens as unknown as { parts: [unknown, { title: string }] }).parts[1].title);
}

it('a config has a button that starts it, and what it saves', async () => {
  expect(await titlesAbove({ sweep: { 'pruning.rate': [0.3, 0.4] } })).toEqual([
    expect.stringMatching(/^\$\(play\)\sStart SFP run \(2 runs: rate0\.3, rate0\.4\)$/),
    expect.stringMatching(/^saves \d+\.\d\s% to \d+\.\d\s% of the FLOPs$/),
  ]);
});

it('of a sweep over hundreds of rates the first runs are forecast, which it says', async () => {
  const rates = Array.from({ length: 500 }, (_, index) => index / 1000);
  const titles = await titlesAbove({ sweep: { 'pruning.rate': rates } });
  expect(titles[0]).toMatch(/Start SFP run \(500 runs: rate0, rate0\.001, rate0\.002, rate0\.003, …\)$/);
  expect(titles.slice(2)).toEqual(['forecast for the first 20 runs']);
});

it('nothing more is forecast when the editor has given up waiting', async () => {
  expect(await titlesAbove({}, true)).toEqual([]);
});

it('a config with more problems than are told says so', async () => {
  const config = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, 1]));
  expect(await titlesAbove(config)).toEqual([
    expect.stringMatching(/^\$\(error\)\sMore than 100 problems keep this experiment from starting$/),
  ]);
});
