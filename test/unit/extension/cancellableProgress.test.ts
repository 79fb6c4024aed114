import { expect, it, vi } from 'vitest';
import { FakeVsCode } from '../../fixtures/fakeVsCode';

const fake = new FakeVsCode();
vi.doMock('vscode', () => fake.module());
const { withCancellableProgress } = await import('../../../src/extension/cancellableProgress');

it('a notification of progress has no links that quoted names would make, and shows control characters', async () => {
  await withCancellableProgress('Compacting [x](command:quit)', new AbortController(), (progress) => {
    progress.report({ message: '[y](command:quit)\u001b[2J' });
    return Promise.resolve();
  });
  expect(fake.progress).toEqual([
    { title: 'Compacting [x] (command:quit)', message: String.raw`[y] (command:quit)\u001b[2J` },
  ]);
});
