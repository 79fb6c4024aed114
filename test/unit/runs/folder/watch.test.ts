import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RunDelta } from '../../../../src/runs/model/history';
import { watchRun } from '../../../../src/runs/folder/watch';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { newRunFolder, pruningRecord, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

function watching(folder: string): { deltas: RunDelta[]; problems: string[]; dispose: () => void } {
  const deltas: RunDelta[] = [];
  const problems: string[] = [];
  const watched = watchRun(
    folder,
    (delta) => deltas.push(delta),
    ({ message }) => problems.push(message),
  );
  const dispose = () => {
    watched.dispose();
  };
  onTestFinished(dispose);
  return { deltas, problems, dispose };
}

describe('a watched run', () => {
  test('tells all there is, then what is new, each once', async () => {
    const folder = await newRunFolder();
    const writer = await RunWriter.open(folder);
    await writer.event(warning('before'));
    const { deltas } = watching(folder);
    await vi.waitFor(
      () => {
        expect(deltas).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    await writer.layers(pruningRecord(0));
    await writer.event(warning('after'));
    await vi.waitFor(
      () => {
        expect(deltas.flatMap(({ events }) => events)).toHaveLength(2);
      },
      { timeout: 10_000 },
    );
    await writer.update({ status: 'finished' });
    await vi.waitFor(
      () => {
        expect(deltas.at(-1)?.status).toBe('finished');
      },
      { timeout: 10_000 },
    );
    expect(deltas.flatMap(({ events }) => events)).toEqual([warning('before'), warning('after')]);
    expect(deltas.flatMap(({ records }) => records)).toEqual([{ number: 0, record: pruningRecord(0) }]);
  });

  test('tells nothing when nothing changes, or when nobody listens any more', async () => {
    const folder = await newRunFolder();
    const { deltas, dispose } = watching(folder);
    await vi.waitFor(
      () => {
        expect(deltas).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    const other = watching(folder);
    await vi.waitFor(
      () => {
        expect(other.deltas).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    dispose();
    const writer = await RunWriter.open(folder);
    await writer.event(warning('unheard'));
    await vi.waitFor(
      () => {
        expect(other.deltas.flatMap(({ events }) => events)).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    expect(deltas).toHaveLength(1);
  });

  test('tells once that it can’t be read, and goes on when it can', async () => {
    const folder = await newRunFolder();
    const there = join(temporaryFolder(), 'run');
    const { deltas, problems } = watching(there);
    await vi.waitFor(
      () => {
        expect(problems).toEqual([`${there} is not a run folder: it has no run.json.`]);
      },
      {
        timeout: 10_000,
      },
    );
    await mkdir(join(there, '..'), { recursive: true });
    await rename(folder, there);
    await vi.waitFor(
      () => {
        expect(deltas).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    expect(problems).toHaveLength(1);
  });
});
