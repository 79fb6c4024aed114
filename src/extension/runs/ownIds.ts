import * as path from 'node:path';
import type { ListedRun } from '../../runs/folder/list';

/**
 * The runs, each with an id of its own, by which the views know it. A run folder that was copied keeps the id in its `run.json`:
 * the run whose folder has the id as its name keeps it here too, and a copy is known by the path of its folder. Baselines name
 * the run beside them that they are of.
 */
export function withOwnIds(runs: readonly ListedRun[]): ListedRun[] {
  const owners = new Map<string, string>();
  for (const { id, folder } of runs) if (path.basename(folder) === id && !owners.has(id)) owners.set(id, folder);
  const idOf = ({ id, folder }: ListedRun): string => (owners.get(id) === folder ? id : folder);
  const ownIds = new Map(runs.map((run) => [run.folder, idOf(run)]));
  return runs.map((run) => {
    const { baseline } = run;
    const id = idOf(run);
    const of = baseline && (ownIds.get(path.join(path.dirname(run.folder), baseline.of)) ?? baseline.of);
    // Who keeps its ids stays the object that it is.
    if (id === run.id && of === baseline?.of) return run;
    return { ...run, id, ...(baseline && of !== undefined && { baseline: { ...baseline, of } }) };
  });
}

/** Whether a run, as `withOwnIds` gives it, is a copy of another one, or its folder was renamed. */
export function isCopy({ id, folder }: Pick<ListedRun, 'id' | 'folder'>): boolean {
  return id === folder;
}
