import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunList } from '../../src/extension/runs/runList';
import { FollowedRuns } from '../../src/extension/runs/followedRuns';
import { dashboardKind } from '../../src/extension/views/panelKinds';
import { RunsPanels } from '../../src/extension/views/runsPanels';
import type { PageContext } from '../../src/extension/views/runsPage';
import { listRuns } from '../../src/runs/folder/list';
import { EventEmitter, opened, ViewColumn, type FakePanel } from '../../test/fixtures/fakePanels';
import { plausibleRun, type PlausibleOptions, type PlausibleRun } from '../../test/fixtures/plausibleRun';
import { writeRun } from '../../test/fixtures/writeRun';

/** Run folders on the disk, and the host that shows them: the extension's own, but for VS Code itself. */
export class Experiment {
  readonly #followed: FollowedRuns;
  #epochs: number;

  private constructor(
    private readonly folder: string,
    readonly runs: readonly PlausibleRun[],
    readonly folders: readonly string[],
    private readonly context: PageContext,
  ) {
    this.#followed = context.followed;
    this.#epochs = runs[0]?.history.epochs.length ?? 0;
  }

  static async make(all: readonly PlausibleOptions[]): Promise<Experiment> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sfp-bench-'));
    const runs = all.map((options) => plausibleRun(options));
    const folders: string[] = [];
    for (const run of runs) folders.push(await writeRun(folder, run));
    return new Experiment(folder, runs, folders, await contextOf(folder));
  }

  /** Opens the dashboard of all runs, as a click in the Runs view does. */
  open(): FakePanel {
    const panels = new RunsPanels(dashboardKind, this.context);
    panels.open(
      this.runs.map(({ manifest }) => manifest.id),
      ViewColumn.Active,
    );
    return opened.at(-1)!;
  }

  /** Number of the next epoch of the first run, from 0. */
  nextEpoch(): number {
    return this.#epochs++;
  }

  async remove(): Promise<void> {
    this.#followed.dispose();
    await rm(this.folder, { recursive: true });
  }
}

async function contextOf(folder: string): Promise<PageContext> {
  const log = { info: console.error, warn: console.error, error: console.error };
  const runs = (await listRuns(folder)).filter((run) => run.problem === null);
  const list = {
    ready: Promise.resolve(),
    onDidChange: new EventEmitter().event,
    runs,
    find: (id: string) => runs.find((run) => run.id === id),
  };
  return {
    extension: { fsPath: process.cwd() } as unknown as PageContext['extension'],
    log: log as unknown as PageContext['log'],
    list: list as unknown as RunList,
    followed: new FollowedRuns(log as unknown as PageContext['log']),
  };
}
