import { describe, expect, it, vi } from 'vitest';

const state = vi.hoisted(() => ({ isTrusted: true }));
vi.mock('vscode', () => ({
  workspace: {
    get isTrusted() {
      return state.isTrusted;
    },
    workspaceFolders: [{ uri: { fsPath: '/work' }, name: 'work', index: 0 }],
    findFiles: () =>
      Promise.resolve([
        { scheme: 'file', path: '/work/nets/a.sfp.json', fsPath: '/work/nets/a.sfp.json' },
        { scheme: 'file', path: '/elsewhere/b.sfp.json', fsPath: '/elsewhere/b.sfp.json' },
      ]),
    getWorkspaceFolder: ({ fsPath }: { fsPath: string }) =>
      fsPath.startsWith('/work/') ? { uri: { fsPath: '/work' }, name: 'work', index: 0 } : undefined,
  },
  ProcessExecution: class {
    constructor(
      readonly process: string,
      readonly args: readonly string[],
      readonly options: object,
    ) {}
  },
  Task: class {
    constructor(
      readonly definition: object,
      readonly scope: object,
      readonly name: string,
      readonly source: string,
      readonly execution: object,
      readonly problemMatchers: readonly string[],
    ) {}
  },
}));
vi.mock('../../../src/extension/runs/trainingProcess', () => ({
  trainingNode: () => Promise.resolve({ path: '/bin/node', version: '22.0.0', env: { A: '1' } }),
}));
const { TrainingTasks } = await import('../../../src/extension/trainingTasks');

const tasks = new TrainingTasks({ extensionPath: '/sfp' });
const resolve = (definition: object) =>
  tasks.resolveTask({ definition, scope: undefined, name: 'train' } as unknown as Parameters<
    typeof tasks.resolveTask
  >[0]);

describe('tasks that train', () => {
  it('are there for each config of the workspace', async () => {
    expect(await tasks.provideTasks()).toMatchObject([
      {
        definition: { type: 'sfp', config: 'nets/a.sfp.json' },
        name: 'train nets/a.sfp.json',
        problemMatchers: ['$sfp', '$sfp-notes'],
        execution: {
          process: '/bin/node',
          args: ['/sfp/dist/cli.js', 'train', '--', 'nets/a.sfp.json'],
          options: { cwd: '/work', env: { A: '1' } },
        },
      },
    ]);
  });

  it('take options of tasks.json, and keep a file a file', async () => {
    const definition = { type: 'sfp', config: '--help.sfp.json', args: ['--again', 7] };
    const task = await resolve(definition);
    expect(task).toMatchObject({
      execution: { args: ['/sfp/dist/cli.js', 'train', '--again', '--', '--help.sfp.json'] },
    });
    expect(task?.definition).toBe(definition);
    expect(await resolve({ type: 'sfp' })).toBeUndefined();
  });

  it('are none where the workspace is not trusted', async () => {
    state.isTrusted = false;
    expect(await tasks.provideTasks()).toEqual([]);
    expect(await resolve({ type: 'sfp', config: 'a.sfp.json' })).toBeUndefined();
    state.isTrusted = true;
  });
});
