import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { brokenConfig } from './support/configs';
import { story } from './support/story';

const trial = `{
  "name": "trial",
  "data": { "dataset": "cifar10", "limit": 128, "validation": 64 },
  "training": { "epochs": 1, "batchSize": 64 },
  "engine": { "name": "onnxruntime" }
}
`;

const tasks = JSON.stringify({
  version: '2.0.0',
  tasks: [{ type: 'sfp', config: 'broken.sfp.json', label: 'train it', group: { kind: 'build', isDefault: true } }],
});

interface Seen {
  readonly name: string;
  readonly folder: string;
  readonly status: string;
  readonly testAccuracy: number | null;
  readonly savedMultiplyAdds: number | null;
}

describe('Beside other extensions and tasks', () => {
  const scene = story({
    files: { 'trial.sfp.json': trial, 'broken.sfp.json': brokenConfig, '.vscode/tasks.json': tasks },
  });
  const written = async <Value>(name: string): Promise<Value> =>
    JSON.parse(await readFile(path.join(scene.folder.path, name), 'utf8')) as Value;

  it('a task of tasks.json runs sfp, and what is wrong stands among the problems', async () => {
    await scene.code.command('Tasks: Run Build Task');
    await scene.code.page.getByRole('tab', { name: /^Problems.* 2/ }).click();
    const problems = scene.code.page.locator('.markers-panel');
    await problems.getByText('pruning.rate is 1.2; it must be at least 0 and below 1.').first().waitFor();
    await scene.code.screenshot('problems of a task');
  });

  it('another extension starts a run, and hears of it until its end', async () => {
    await scene.code.command('Other extension: Train trial');
    const finished = async (): Promise<void> => {
      expect(await written<Seen[]>('seen.json')).toMatchObject([{ name: 'trial', status: 'finished' }]);
    };
    await vi.waitFor(finished, { timeout: 150_000, interval: 500 });
    const [run] = await written<Seen[]>('seen.json');
    expect(run).toMatchObject({
      testAccuracy: expect.any(Number) as number,
      savedMultiplyAdds: expect.any(Number) as number,
    });
    expect(run!.savedMultiplyAdds).toBeGreaterThan(0.3);
    const started = await written<{ version: number; runs: Seen[] }>('started.json');
    expect(started).toMatchObject({ version: 1, runs: [{ name: 'trial', folder: run!.folder }] });
    expect(path.relative(scene.folder.path, run!.folder)).toMatch(/^\.sfp[\\/]runs[\\/]/);
  });
});
