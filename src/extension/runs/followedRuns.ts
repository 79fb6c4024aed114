import * as vscode from 'vscode';
import { advance, emptyHistory, type RunDelta, type RunHistory } from '../../runs/model/history';
import { lostCheckpoints } from '../../runs/checkpoints/lostCheckpoints';
import { watchRun } from '../../runs/folder/watch';
import type { RunManifest } from '../../runs/model/format';
import type { ListedRun } from './runList';
import { Disposable } from '../disposable';

interface Followed {
  history: RunHistory | null;
  /** What has been read of a long run that has not been read to its end yet. */
  beginning: RunHistory | null;
  /** Why the last look at its folder was in vain; null where it was not. */
  problem: string | null;
  followers: number;
  /** The `run.json` of a finished run at whose checkpoints somebody has looked. */
  looked: RunManifest | null;
  readonly watch: { dispose(): void };
}

type FollowedRun = Pick<ListedRun, 'id' | 'folder' | 'baseline'>;

/** The run's history has grown by the delta; without a delta, the run cannot be read. */
export interface Advance {
  readonly id: string;
  readonly delta: RunDelta | null;
}

/** Histories of the runs that views follow: each is read once for all its followers, and dropped after the last of them. */
export class FollowedRuns extends Disposable {
  readonly #advanced = this.own(new vscode.EventEmitter<Advance>());
  readonly onDidAdvance = this.#advanced.event;
  readonly #followed = new Map<string, Followed>();

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
  }

  /** Keeps the history of a run of the list up to date until the returned object is disposed of; it has the list's id. */
  follow(run: FollowedRun): vscode.Disposable {
    const { id } = run;
    const followed = this.#followed.get(id) ?? this.#start(run);
    followed.followers += 1;
    return new vscode.Disposable(() => {
      followed.followers -= 1;
      if (followed.followers > 0) return;
      followed.watch.dispose();
      this.#followed.delete(id);
    });
  }

  /** The history of a followed run; null until it has been read. */
  historyOf(id: string): RunHistory | null {
    return this.#followed.get(id)?.history ?? null;
  }

  /** Why a followed run cannot be read, which goes on being looked at; null where it can, and while that is not known. */
  problemOf(id: string): string | null {
    return this.#followed.get(id)?.problem ?? null;
  }

  override dispose(): void {
    for (const { watch } of this.#followed.values()) watch.dispose();
    super.dispose();
  }

  #start(run: FollowedRun): Followed {
    const { id, folder } = run;
    const followed: Followed = {
      history: null,
      beginning: null,
      problem: null,
      followers: 0,
      looked: null,
      watch: watchRun(
        folder,
        (found, isUpToDate) => {
          const delta = asListed(found, run);
          followed.problem = null;
          const before = followed.history ?? followed.beginning ?? emptyHistory(delta.manifest, delta.status);
          const after = advance(before, delta);
          // Nobody is shown a run that grows from nothing while it is being read for the first time.
          const isShown = isUpToDate || followed.history !== null;
          followed.history = isShown ? after : null;
          followed.beginning = isShown ? null : after;
          if (!isShown) return;
          this.#advanced.fire({ id, delta });
          void this.#lookAtCheckpoints(run, followed, found);
        },
        (problem) => {
          followed.problem = problem.message;
          this.log.warn(problem.message);
          this.#advanced.fire({ id, delta: null });
        },
      ),
    };
    this.#followed.set(id, followed);
    return followed;
  }

  /** A run that has finished and lost checkpoints since is not what its `run.json` says: whoever shows it tells that too. */
  async #lookAtCheckpoints(run: FollowedRun, followed: Followed, { manifest, status }: RunDelta): Promise<void> {
    if (status !== 'finished' || followed.looked === manifest) return;
    followed.looked = manifest;
    try {
      const lost = await lostCheckpoints(run.folder, manifest, 'lengths');
      if (followed.history === null || this.#followed.get(run.id) !== followed) return;
      if (lost === null && !followed.history.lostCheckpoints) return;
      const found = { id: run.id, manifest, status, events: [], records: [], lostCheckpoints: lost };
      const delta = asListed(found, run);
      followed.history = advance(followed.history, delta);
      this.#advanced.fire({ id: run.id, delta });
    } catch (error) {
      this.log.warn(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Two folders may say the same id; in the list each has its own. */
function asListed(delta: RunDelta, { id, baseline }: FollowedRun): RunDelta {
  return { ...delta, id, manifest: { ...delta.manifest, id, ...(baseline && { baseline }) } };
}
