import { expect, test, vi } from 'vitest';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import { writeSlurmRecord } from '../../../../src/runs/folder/slurmRecord';
import { listedRun } from '../../../fixtures/fakeExtension';
import { slurmPrograms } from '../../../fixtures/slurmPrograms';

const workspace = vi.hoisted(() => ({ isTrusted: true }));
vi.mock('vscode', () => ({
  workspace,
  EventEmitter: class {
    readonly #listeners: (() => void)[] = [];
    readonly event = (listener: () => void) => this.#listeners.push(listener);
    fire = (): void => {
      for (const listener of this.#listeners) listener();
    };
    dispose = (): void => undefined;
  },
}));
const { SlurmStates } = await import('../../../../src/extension/runs/slurmStates');

const record = {
  formatVersion: 1,
  submission: 'net-1',
  job: '42',
  cluster: null,
  submitted: '2026-01-01T00:00:00Z',
} as const;

async function waiting(): Promise<ListedRun> {
  const run = listedRun('created');
  await writeSlurmRecord(run.folder, { ...record, index: 3 });
  return run;
}

test('what Slurm says is told of runs that it has, and when it changes', async () => {
  const { calls } = slurmPrograms({
    squeue: '[ "$1" = --version ] && echo "slurm 22.05.8" || echo "42|3|PENDING|net-1||Priority"',
  });
  const [run, other] = [await waiting(), listedRun('running')];
  const warn = vi.fn();
  const states = new SlurmStates({ runs: [run, other] }, { warn });
  const changed = vi.fn();
  states.onDidChange(changed);
  await states.ask();
  expect([states.of(run.folder), states.of(other.folder)]).toEqual(['Slurm: pending (Priority)', null]);
  await states.ask();
  expect(changed).toHaveBeenCalledOnce();
  expect(warn).not.toHaveBeenCalled();
  expect(calls().length).toBeGreaterThan(1);
  states.dispose();
});

test('Slurm is not asked where no run was handed to it, nor in a workspace that is not trusted', async () => {
  const { calls } = slurmPrograms({ squeue: '' });
  const states = new SlurmStates({ runs: [listedRun('created')] }, { warn: vi.fn() });
  await states.ask();
  workspace.isTrusted = false;
  const untrusted = new SlurmStates({ runs: [await waiting()] }, { warn: vi.fn() });
  await untrusted.ask();
  expect(calls()).toEqual([]);
  states.dispose();
  untrusted.dispose();
});
