import { expect, it, vi } from 'vitest';
import type { LogOutputChannel } from 'vscode';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';

const fake = new FakeVsCode();
const titles: string[] = [];
vi.doMock('vscode', () => {
  const module = fake.module() as { window: object };
  const withProgress = ({ title }: { title: string }, act: () => Promise<void>) => {
    titles.push(title);
    return act();
  };
  return { ...module, window: { ...module.window, withProgress } };
});
const stopped: string[] = [];
vi.doMock('../../../../src/runs/control/trainerProcess', () => ({
  stopRun: (folder: string) => Promise.resolve(stopped.push(folder)),
}));
const { stopRuns } = await import('../../../../src/extension/runs/stopRuns');

it('a run is stopped once that was confirmed, and no command is made of its name', async () => {
  const run = { id: 'one', name: 'net [x](command:quit)', folder: '/runs/one', status: 'running' } as ListedRun;
  const log = { info: () => undefined } as unknown as LogOutputChannel;
  await stopRuns([run], log);
  expect(stopped).toEqual([]);
  fake.click = 'Stop';
  await stopRuns([run], log);
  expect(stopped).toEqual(['/runs/one']);
  expect(titles).toEqual(['Stopping net [x] (command:quit) …']);
});
