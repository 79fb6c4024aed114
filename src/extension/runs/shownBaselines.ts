import type { ListedRun } from '../../runs/folder/list';
import { baselinesAmong } from '../../runs/folder/baselines';

/**
 * The runs with these ids and their baselines: first those that are judged, in their order, then the newest baselines of each. A
 * baseline that is named itself stands for a newer one of its kind, and its run comes with it.
 */
export function withBaselines(ids: readonly string[], runs: readonly ListedRun[]): string[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const named = ids.flatMap((id) => byId.get(id) ?? []);
  const judged = new Set(named.map((run) => (run.baseline && byId.get(run.baseline.of)) ?? run));
  const others = [...judged].flatMap((run) =>
    baselinesAmong(runs, run.id).map((newest) => named.find((it) => isSameBaseline(it, newest)) ?? newest),
  );
  return [...new Set([...judged, ...others])].map(({ id }) => id);
}

function isSameBaseline({ baseline: one }: ListedRun, { baseline: other }: ListedRun): boolean {
  return one !== undefined && one.of === other?.of && one.kind === other.kind;
}
