import { describe, expect, it, vi } from 'vitest';

class FakeUri {
  private constructor(readonly fsPath: string) {}
  static file(path: string): FakeUri {
    return new FakeUri(path);
  }
}
vi.mock('vscode', () => ({ Uri: FakeUri }));
const { apiOf } = await import('../../../src/extension/api');
const { Uri } = await import('vscode');

const multiplyAdds = { dense: 1000, paper: 500, exact: 600 };
const runs = [
  { id: 'b', name: 'net-l2', experiment: 'net', folder: '/runs/b', status: 'running', summary: null },
  {
    ...{ id: 'a', name: 'net-l1', experiment: 'net', folder: '/runs/a', status: 'finished' },
    summary: { test: { accuracy: 0.9, loss: 1 }, multiplyAdds, epochs: 1, seconds: 1, validation: null },
  },
];
const onDidChange = vi.fn();
const list = { runs, onDidChange, at: (folder: string) => runs.find((run) => run.folder === folder) };

describe('the interface for other extensions', () => {
  const start = vi.fn<(config: unknown) => Promise<string[]>>(() => Promise.resolve(['/runs/b', '/runs/gone']));
  const api = apiOf({ list, start } as unknown as Parameters<typeof apiOf>[0]);

  it('tells of the runs what is promised, and nothing else', () => {
    const [running, finished] = api.runs;
    expect(running).toMatchObject({ id: 'b', status: 'running', testAccuracy: null, savedMultiplyAdds: null });
    expect(finished).toEqual({
      ...{ id: 'a', name: 'net-l1', experiment: 'net', folder: Uri.file('/runs/a'), status: 'finished' },
      ...{ testAccuracy: 0.9, savedMultiplyAdds: 0.4 },
    });
    expect(api.onDidChange).toBe(onDidChange);
  });

  it('gives the runs that were started', async () => {
    const config = Uri.file('/net.sfp.json');
    expect((await api.start(config)).map(({ id }) => id)).toEqual(['b']);
    expect(start).toHaveBeenCalledWith(config);
    await expect(api.start('/net.sfp.json' as never)).rejects.toThrow('start() takes the vscode.Uri of a config.');
  });
});
