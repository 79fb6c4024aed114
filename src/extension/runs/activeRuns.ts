import * as vscode from 'vscode';
import type { RunHistory } from '../../runs/model/history';
import { Disposable } from '../disposable';
import type { FollowedRuns } from './followedRuns';
import { isActive, type RunList } from './runList';

/** Follows every run that is waiting or training, whoever started it, and tells when one has ended. */
export class ActiveRuns extends Disposable {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  /** An active run was added, removed or updated. */
  readonly onDidChange = this.#changed.event;
  readonly #ended = this.own(new vscode.EventEmitter<RunHistory>());
  readonly onDidEnd = this.#ended.event;
  readonly #follows = new Map<string, vscode.Disposable>();

  constructor(
    private readonly list: RunList,
    private readonly followed: FollowedRuns,
  ) {
    super();
    this.own(
      list.onDidChange(() => {
        this.#takeUp();
      }),
    );
    this.own(
      followed.onDidAdvance(({ id }) => {
        this.#look(id);
      }),
    );
    this.#takeUp();
  }

  /** Training runs before waiting ones, the newest first. */
  get histories(): RunHistory[] {
    const histories = [...this.#follows.keys()].flatMap((id) => this.followed.historyOf(id) ?? []);
    return histories.sort(
      (a, b) =>
        Number(b.status === 'running') - Number(a.status === 'running') ||
        b.manifest.created.localeCompare(a.manifest.created),
    );
  }

  override dispose(): void {
    for (const follow of this.#follows.values()) follow.dispose();
    super.dispose();
  }

  #takeUp(): void {
    const listed = new Set(this.list.runs.map(({ id }) => id));
    for (const run of this.list.runs)
      if (isActive(run) && !this.#follows.has(run.id)) this.#follows.set(run.id, this.followed.follow(run));
    for (const id of this.#follows.keys()) if (!listed.has(id)) this.#leave(id);
  }

  #look(id: string): void {
    if (!this.#follows.has(id)) return;
    const history = this.followed.historyOf(id);
    if (history && !isActive(history)) {
      this.#leave(id);
      this.#ended.fire(history);
      void this.list.refresh();
    }
    this.#changed.fire();
  }

  #leave(id: string): void {
    this.#follows.get(id)?.dispose();
    this.#follows.delete(id);
    this.#changed.fire();
  }
}
