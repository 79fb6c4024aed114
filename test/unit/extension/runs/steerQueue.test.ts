import { beforeEach, describe, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { goOn, move, pause, retry } from '../../../../src/extension/runs/steerQueue';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import { RunLock } from '../../../../src/runs/lock/runLock';
import { withAdded } from '../../../../src/scheduling/queue/queue';
import { editQueue, readQueue } from '../../../../src/scheduling/queue/queueFile';
import type { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const user = vi.hoisted(() => ({ vsCode: undefined as FakeVsCode | undefined }));
vi.mock('vscode', async () => {
  const { FakeVsCode: Fake } = await import('../../../fixtures/fakeVsCode');
  user.vsCode = new Fake();
  return user.vsCode.module();
});

let queue = '';
const extension = { extensionPath: '/nowhere' } as vscode.Extension<unknown>;
beforeEach(() => {
  user.vsCode!.reset();
  queue = temporaryFolder();
  vi.stubEnv('SFP_LAB_QUEUE', queue);
});

/** Runs that wait in the queue, whose process is this one. */
async function waiting(count: number): Promise<string[]> {
  const folders = await Promise.all(Array.from({ length: count }, () => newRunFolder()));
  await Promise.all(folders.map((folder) => RunLock.take(folder)));
  await editQueue(queue, (it) =>
    withAdded(
      it,
      folders.map((folder) => ({ folder, niceness: 0 })),
    ),
  );
  return folders;
}

const order = async (): Promise<string[]> => (await readQueue(queue)).runs.map(({ folder }) => folder);
const runAt = (folder: string): ListedRun => ({ folder, name: 'resnet20' }) as ListedRun;

describe('the queue in VS Code', () => {
  test('is paused and continued', async () => {
    await pause();
    expect((await readQueue(queue)).paused).toMatchObject({ why: null });
    await goOn(extension);
    expect((await readQueue(queue)).paused).toBeNull();
  });

  test('is not continued where the workspace is not trusted', async () => {
    await pause();
    user.vsCode!.isTrusted = false;
    await goOn(extension);
    expect((await readQueue(queue)).paused).not.toBeNull();
    expect(user.vsCode!.messages).toMatchObject([{ kind: 'warning' }]);
  });

  test('lets a run that waits move', async () => {
    const [first, second, third] = (await waiting(3)) as [string, string, string];
    await move(runAt(third), 'first');
    expect(await order()).toEqual([third, first, second]);
    await move(runAt(second), 'up');
    expect(await order()).toEqual([third, second, first]);
    await move(runAt(third), 'up');
    await move(runAt(third), 'down');
    await move(runAt(first), 'down');
    expect(await order()).toEqual([second, third, first]);
  });

  test('says so of a run that does not wait', async () => {
    await expect(move(runAt(await newRunFolder()), 'up')).rejects.toThrow(
      'resnet20 does not wait in the queue of this machine.',
    );
  });

  test('has nothing to retry where nothing failed', async () => {
    await expect(retry(extension)).rejects.toThrow('No run of the queue has failed or was stopped');
  });
});
