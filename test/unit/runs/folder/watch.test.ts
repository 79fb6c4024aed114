import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileNames } from '../../../../src/runs/model/format';
import type { RunDelta } from '../../../../src/runs/model/history';
import { watchRun } from '../../../../src/runs/folder/watch';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { newRunFolder, pruningRecord, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

interface Watching {
  readonly deltas: RunDelta[];
  /** Of each delta, whether it was the last for now. */
  readonly upToDate: boolean[];
  readonly problems: string[];
  readonly dispose: () => void;
}

function watching(folder: string): Watching {
  const deltas: RunDelta[] = [];
  const upToDate: boolean[] = [];
  const problems: string[] = [];
  const watched = watchRun(
    folder,
    (delta, isUpToDate) => {
      deltas.push(delta);
      upToDate.push(isUpToDate);
    },
    ({ message }) => problems.push(message),
  );
  const dispose = () => {
    watched.dispose();
  };
  onTestFinished(dispose);
  return { deltas, upToDate, problems, dispose };
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

  test('tells a long one in parts, and with the last of them that it is up to date', async () => {
    const folder = await newRunFolder();
    const line = (message: string) => `${JSON.stringify(warning(message))}\n`;
    const long = ['0', '1', '2'].map((part) => part + 'x'.repeat(900_000));
    // A line that is not whole yet comes last, so that the last part brings nothing.
    await writeFile(
      join(folder, fileNames.events),
      `${long.map(line).join('')}${line('x'.repeat(800_000)).slice(0, -9)}`,
    );
    const { deltas, upToDate } = watching(folder);
    await vi.waitFor(
      () => {
        expect(upToDate.at(-1)).toBe(true);
      },
      { timeout: 10_000 },
    );
    expect(upToDate.slice(0, -1)).not.toContain(true);
    expect(deltas.flatMap(({ events }) => events)).toEqual(long.map(warning));
  });

  test('tells again that it can be read, once it could not be read for a while', async () => {
    const folder = await newRunFolder();
    const { deltas, problems } = watching(folder);
    const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });
    await soon(() => {
      expect(deltas).toHaveLength(1);
    });
    const manifest = join(folder, fileNames.run);
    await rename(manifest, `${manifest}.away`);
    await soon(() => {
      expect(problems).toHaveLength(1);
    });
    await rename(`${manifest}.away`, manifest);
    await soon(() => {
      expect(deltas).toHaveLength(2);
    });
  });
});
