import { beforeEach, expect, it, vi } from 'vitest';
import { FakeVsCode } from '../../fixtures/fakeVsCode';

const fake = new FakeVsCode();
vi.doMock('vscode', () => fake.module());
const { showMessage } = await import('../../../src/extension/messages');
beforeEach(() => {
  fake.reset();
});

it('a message has no links that its quoted names would make', async () => {
  await showMessage('error', '[Details](command:workbench.action.quit) failed: see [here](https://example.org).', []);
  expect(fake.messages.map(({ text }) => text)).toEqual([
    '[Details] (command:workbench.action.quit) failed: see [here] (https://example.org).',
  ]);
});

it('a message shows the control characters of what it quotes, and keeps its own lines', async () => {
  await showMessage('error', 'a\u001b[2J\u202e failed\nin two lines', []);
  expect(fake.messages.map(({ text }) => text)).toEqual([String.raw`a\u001b[2J\u202e failed` + '\nin two lines']);
});
