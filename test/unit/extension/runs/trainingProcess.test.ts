import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { getPriority } from 'node:os';
import { mkdir, copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as vscode from 'vscode';
import { signalTree } from '../../../../src/base/processes';
import { tellNotBegun } from '../../../../src/extension/runs/tellNotBegun';
import { train } from '../../../../src/extension/runs/trainingProcess';
import type { RunList } from '../../../../src/extension/runs/runList';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { buildFixture, buildProgram } from '../../../fixtures/builtProgram';
import type { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const user = vi.hoisted(() => ({ vsCode: undefined as FakeVsCode | undefined }));
vi.mock('vscode', async () => {
  const { FakeVsCode: Fake } = await import('../../../fixtures/fakeVsCode');
  user.vsCode = new Fake();
  return user.vsCode.module();
});

let trainer = '';
let queue = '';
beforeAll(async () => {
  trainer = await buildFixture('stubbornTrainer');
  queue = dirname((await buildProgram()).trainer);
});
beforeEach(() => {
  vi.unstubAllEnvs();
  user.vsCode!.reset();
});

/** The extension with its queue, and the stubborn trainer in the place of its own. */
async function extension(): Promise<vscode.Extension<unknown>> {
  const extensionPath = temporaryFolder();
  await mkdir(join(extensionPath, 'dist'));
  await copyFile(join(queue, 'queue.js'), join(extensionPath, 'dist', 'queue.js'));
  await copyFile(trainer, join(extensionPath, 'dist', 'trainer.js'));
  return { extensionPath } as vscode.Extension<unknown>;
}

test.skipIf(process.platform === 'win32')(
  'a trainer leaves the processor to others, unless the setting says otherwise',
  async () => {
    for (const [priority, added] of [
      ['low', 10],
      ['normal', 0],
    ] as const) {
      user.vsCode!.settings = { trainingPriority: priority };
      vi.stubEnv('SFP_LAB_QUEUE', temporaryFolder());
      const node = { path: process.execPath, version: '', env: { OBEYS: 'nothing' } };
      const folder = await newRunFolder();
      const { pid, begun } = await train([folder], node, await extension());
      onTestFinished(() => signalTree(pid, 'SIGKILL'));
      expect(await begun).toBe(true);
      // The queue itself has to start trainers of any priority.
      expect(getPriority(pid)).toBe(getPriority());
      const trainerPid = await vi.waitFor(async () => {
        const { status, process: it } = await readManifest(folder);
        expect(status).toBe('running');
        return it!.pid;
      }, 15_000);
      onTestFinished(() => signalTree(trainerPid, 'SIGKILL'));
      expect(getPriority(trainerPid)).toBe(Math.min(19, getPriority() + added));
    }
  },
);

test('a trainer that ended before it began is told, with its log at hand', async () => {
  const run = { id: 'some-id', name: 'resnet20' };
  const list = { refresh: () => Promise.resolve(), at: (folder: string) => (folder === '/runs/one' ? run : undefined) };
  user.vsCode!.click = 'Open log';
  await tellNotBegun('/runs/one', list as unknown as RunList);
  expect(user.vsCode!.messages).toEqual([
    {
      kind: 'error',
      text: 'The queue ended before it could start resnet20; the log may say why.',
      buttons: ['Open log'],
    },
  ]);
  expect(user.vsCode!.executed).toEqual([{ command: 'sfpLab.openLog', args: ['some-id'] }]);
});
